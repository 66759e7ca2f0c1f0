package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"net/url"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
)

// connector opens connections that know the function holds, without touching
// the driver that other packages of a program may share.
type connector struct {
	dsn    string
	driver *sqlite.Driver
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.driver.Open(c.dsn)
}

func (c connector) Driver() driver.Driver { return c.driver }

// Pragmas of both handles. A writer waits five seconds for another window; a
// commit is on the disk when it returns, because each is a decision of the
// user's, and imports and measures come many to a commit.
const (
	anyPragmas    = "_pragma=busy_timeout(5000)&_pragma=cache_size(-16384)"
	writerPragmas = "mode=rw&" + anyPragmas + "&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=foreign_keys(1)&_txlock=immediate"
	readerPragmas = "mode=ro&" + anyPragmas + "&_pragma=query_only(1)"
)

// open gives a handle on the SQLite file at path, which must exist.
func open(path, pragmas string, connections int) (*sql.DB, error) {
	d := new(sqlite.Driver)
	err := d.RegisterDeterministicScalarFunction("holds", 2,
		func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			text, _ := args[0].(string)
			wanted, _ := args[1].(string)
			return holds(text, wanted), nil
		})
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector{dsn: uri(path) + "?" + pragmas, driver: d})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// uri names a file as SQLite wants it, whatever characters its path has.
func uri(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive of Windows: /C:/...
	}
	return "file://" + (&url.URL{Path: path}).EscapedPath()
}

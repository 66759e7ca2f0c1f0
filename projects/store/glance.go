package store

import (
	"context"
	"database/sql"
	"os"
)

// Glance is what a list of projects shows of one.
type Glance struct {
	Rows, Labels, Runs int
	Score              float64 // the best of its runs'; 0 before the first
}

// Look gives a project at a glance, without opening it for changes or bringing
// its file up to this version. It fails if there is none in the folder dir, or
// its file cannot be read.
func Look(ctx context.Context, dir string) (g Glance, err error) {
	s, err := at(dir)
	if err != nil {
		return g, err
	}
	if _, err := os.Stat(s.Path(database)); err != nil {
		return g, s.explainFile("look at it", err)
	}
	db, err := open(s.Path(database), readerPragmas, 1)
	if err != nil {
		return g, err
	}
	defer db.Close()
	var score sql.NullFloat64
	err = db.QueryRowContext(ctx, `select
		(select count(*) from examples where not hidden),
		(select count(distinct j.value) from (select distinct labels from examples where not hidden) x
			join label_sets l on l.id = x.labels, json_each(l.labels) j),
		(select count(*) from runs),
		(select max(score) from runs)`).Scan(&g.Rows, &g.Labels, &g.Runs, &score)
	g.Score = score.Float64
	return g, s.explain(ctx, "look at it", err)
}

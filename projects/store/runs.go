package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"attune/engine/dataset"
)

// Run is the record of one training.
type Run struct {
	Number     int // from 1, never given twice
	Status     string
	Base       string // what it started from
	Preset     string
	Techniques []string
	Settings   map[string]string // as attunectl --set takes them
	Seed       uint64
	Threads    int
	Started    time.Time
	Ended      time.Time // zero while it goes on
	Step       int       // optimizer steps done
	Steps      int       // and planned
	BestStep   int       // the step whose model is kept; 0 before the first evaluation
	Epoch      float64
	Samples    int64   // examples seen in training
	Seconds    float64 // spent training
	Main       string  // the measure by which the best model is kept, "macro_f1"
	Score      float64 // its value at BestStep on the validation rows; NaN before the first evaluation
	Baseline   map[string]float64
	Stopped    string // why it ended early, in words
	Error      string // why it failed
	DataHash   string // of the examples it was trained on
}

// StartRun records a new run and gives its number.
func (s *Store) StartRun(ctx context.Context, r Run) (number int, err error) {
	values, err := r.values()
	if err != nil {
		return 0, err
	}
	err = s.write(ctx, "record a training", func(tx *sql.Tx) error {
		added, err := tx.ExecContext(ctx, `insert into runs (`+runColumns+`)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, values...)
		if err != nil {
			return err
		}
		id, err := added.LastInsertId()
		number = int(id)
		return err
	})
	return number, err
}

// UpdateRun replaces the record of the run with r's number.
func (s *Store) UpdateRun(ctx context.Context, r Run) error {
	values, err := r.values()
	if err != nil {
		return err
	}
	return s.write(ctx, "record a training", func(tx *sql.Tx) error {
		updated, err := tx.ExecContext(ctx, `update runs set (`+runColumns+`) =
			(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) where number = ?`, append(values, r.Number)...)
		if err != nil {
			return err
		}
		if n, err := updated.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return s.noRun(r.Number)
	})
}

// Runs gives all runs, oldest first.
func (s *Store) Runs(ctx context.Context) ([]Run, error) {
	return s.runs(ctx, `select number, `+runColumns+` from runs order by number`)
}

// Run gives the run of that number.
func (s *Store) Run(ctx context.Context, number int) (Run, error) {
	all, err := s.runs(ctx, `select number, `+runColumns+` from runs where number = ?`, number)
	if err == nil && len(all) == 0 {
		err = s.noRun(number)
	}
	if err != nil {
		return Run{}, err
	}
	return all[0], nil
}

func (s *Store) noRun(number int) error {
	return &Error{
		Project: s.name, Kind: ErrMissing, Got: fmt.Sprintf("it has no run %d", number),
		Way: "attunectl runs lists those it has",
	}
}

func (s *Store) runs(ctx context.Context, query string, args ...any) ([]Run, error) {
	rows, err := s.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, s.explain(ctx, "list its trainings", err)
	}
	defer rows.Close()
	var all []Run
	for rows.Next() {
		r, err := scanRun(rows)
		if err != nil {
			return nil, s.explain(ctx, "list its trainings", err)
		}
		all = append(all, r)
	}
	return all, s.explain(ctx, "list its trainings", rows.Err())
}

// runColumns are the columns in the order of values and scanRun.
const runColumns = `status, base, preset, techniques, settings, seed, threads, started, ended, step, steps, best_step,
	epoch, samples, seconds, main, score, baseline, stopped, error, data_hash`

func (r Run) values() ([]any, error) {
	techniques, err := json.Marshal(r.Techniques)
	if err != nil {
		return nil, err
	}
	settings, err := json.Marshal(r.Settings)
	if err != nil {
		return nil, err
	}
	baseline, err := json.Marshal(r.Baseline)
	if err != nil {
		return nil, err
	}
	return []any{
		r.Status, r.Base, r.Preset, string(techniques), string(settings), int64(r.Seed), r.Threads,
		milliseconds(r.Started), milliseconds(r.Ended), r.Step, r.Steps, r.BestStep,
		r.Epoch, r.Samples, r.Seconds, r.Main, nullable(r.Score), string(baseline), r.Stopped, r.Error, r.DataHash,
	}, nil
}

func scanRun(rows *sql.Rows) (r Run, err error) {
	var techniques, settings, baseline string
	var seed int64
	var started, ended sql.NullInt64
	var score sql.NullFloat64
	err = rows.Scan(&r.Number, &r.Status, &r.Base, &r.Preset, &techniques, &settings, &seed, &r.Threads,
		&started, &ended, &r.Step, &r.Steps, &r.BestStep,
		&r.Epoch, &r.Samples, &r.Seconds, &r.Main, &score, &baseline, &r.Stopped, &r.Error, &r.DataHash)
	if err != nil {
		return r, err
	}
	r.Seed, r.Started, r.Ended, r.Score = uint64(seed), moment(started), moment(ended), number(score)
	return r, errors.Join(
		json.Unmarshal([]byte(techniques), &r.Techniques),
		json.Unmarshal([]byte(settings), &r.Settings),
		json.Unmarshal([]byte(baseline), &r.Baseline))
}

func milliseconds(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}

func moment(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64)
}

// nullable keeps what is not a number as null, which SQLite would make of it
// silently.
func nullable(x float64) sql.NullFloat64 { return sql.NullFloat64{Float64: x, Valid: !math.IsNaN(x)} }

func number(x sql.NullFloat64) float64 {
	if !x.Valid {
		return math.NaN()
	}
	return x.Float64
}

// Measure is one number measured in a run.
type Measure struct {
	Step  int
	Epoch float64
	Name  string // "loss", "accuracy", ...
	Split dataset.Split
	Value float64 // may be NaN: a training that fell apart
}

// AddMeasures records what a run measured, replacing what it measured before
// at the same steps, as it may after a resume. Each call waits for the disk, so
// a loop should bring the measures of about a second at a time.
func (s *Store) AddMeasures(ctx context.Context, run int, measures []Measure) error {
	return s.write(ctx, "record a training", func(tx *sql.Tx) error {
		for _, m := range measures {
			_, err := tx.ExecContext(ctx, `insert into measures values (?, ?, ?, ?, ?, ?)
				on conflict do update set epoch = excluded.epoch, value = excluded.value`,
				run, m.Step, string(m.Split), m.Name, m.Epoch, nullable(m.Value))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Measures gives what a run measured, by step.
func (s *Store) Measures(ctx context.Context, run int) ([]Measure, error) {
	rows, err := s.reader.QueryContext(ctx, `select step, epoch, name, split, value from measures
		where run = ? order by step, split, name`, run)
	if err != nil {
		return nil, s.explain(ctx, "read a training", err)
	}
	defer rows.Close()
	var all []Measure
	for rows.Next() {
		var m Measure
		var value sql.NullFloat64
		if err := rows.Scan(&m.Step, &m.Epoch, &m.Name, &m.Split, &value); err != nil {
			return nil, s.explain(ctx, "read a training", err)
		}
		m.Value = number(value)
		all = append(all, m)
	}
	return all, s.explain(ctx, "read a training", rows.Err())
}

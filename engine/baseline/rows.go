package baseline

import (
	"context"
	"math"
	"slices"

	"attune/engine/dataset"
)

// RowModel is multinomial logistic regression on rows of features that something else
// made of texts, such as the body of a pre-trained model.
type RowModel struct {
	Model
	mean, scale []float32
}

// TrainRows learns labels from rows of features, all of the same width, of which each
// column is brought to the mean 0 and the spread 1 first. It fails as Train does.
func TrainRows(ctx context.Context, rows [][]float32, labels []string, o Options) (*RowModel, error) {
	known := slices.Compact(slices.Sorted(slices.Values(labels)))
	if err := check(len(known), usual.labels); err != nil {
		return nil, err
	}
	m := &RowModel{Model: Model{labels: known, weights: make([]float32, len(rows[0])*len(known)), bias: make([]float32, len(known))}}
	m.measure(rows)
	a := newAscent(&m.Model, aim{cost: o.cost()})
	for i, row := range rows {
		a.texts = m.appendRow(a.texts, row)
		a.takeIn(labels[i])
	}
	return m, a.run(ctx)
}

// measure finds the mean of each column and what brings its spread to 1, and the
// whole row to the length of a text's vector, about.
func (m *RowModel) measure(rows [][]float32) {
	width := len(rows[0])
	m.mean, m.scale = make([]float32, width), make([]float32, width)
	for c := range width {
		sum, squares := 0.0, 0.0
		for _, row := range rows {
			sum += float64(row[c])
		}
		mean := sum / float64(len(rows))
		for _, row := range rows {
			squares += (float64(row[c]) - mean) * (float64(row[c]) - mean)
		}
		spread := math.Sqrt(squares / float64(len(rows)))
		m.mean[c] = float32(mean)
		if spread > 0 {
			m.scale[c] = float32(1 / (spread * math.Sqrt(float64(width))))
		}
	}
}

func (m *RowModel) appendRow(to vector, row []float32) vector {
	for c, x := range row {
		to.columns = append(to.columns, int32(c))
		to.values = append(to.values, (x-m.mean[c])*m.scale[c])
	}
	return to
}

// AnswerRow gives all labels with their probabilities, the surest first.
func (m *RowModel) AnswerRow(row []float32) dataset.Answer {
	return m.answer(m.appendRow(vector{}, row))
}

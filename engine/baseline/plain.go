package baseline

// Plain is a model as plain numbers, to be kept.
type Plain struct {
	Labels  []string  // sorted
	Buckets []uint32  // of each n-gram, below 2^22
	IDF     []float32 // of each n-gram
	Weights []float32 // [n-grams x labels]
	Bias    []float32 // [labels]
}

// Plain gives the model's numbers, its own where it can.
func (m *Model) Plain() Plain {
	p := Plain{Labels: m.labels, Weights: m.weights, Bias: m.bias}
	p.Buckets, p.IDF = make([]uint32, len(m.vocabulary.idf)), make([]float32, len(m.vocabulary.idf))
	for b, column := range m.vocabulary.column {
		p.Buckets[column], p.IDF[column] = b, float32(m.vocabulary.idf[column])
	}
	return p
}

// Model gives the model that the numbers were taken from.
func (p Plain) Model() *Model {
	v := &vocabulary{column: make(map[uint32]int32, len(p.Buckets)), idf: make([]float64, len(p.Buckets))}
	for column, b := range p.Buckets {
		v.column[b], v.idf[column] = int32(column), float64(p.IDF[column])
	}
	return &Model{labels: p.Labels, vocabulary: v, weights: p.Weights, bias: p.Bias}
}

// Labels are those that it knows, sorted.
func (m *Model) Labels() []string { return m.labels }

// NGrams is how many n-grams it counts.
func (m *Model) NGrams() int { return len(m.vocabulary.idf) }

// Logits gives what the model makes of a text for each label, in their order.
func (m *Model) Logits(text string) []float32 {
	logits := make([]float32, len(m.labels))
	m.score(logits, m.vocabulary.appendText(vector{}, text))
	return logits
}

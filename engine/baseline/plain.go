package baseline

// Plain is a model as plain numbers, to be kept.
type Plain struct {
	Labels  []string  // sorted
	Buckets []uint32  // of each n-gram, below 2^22
	Weighs  []float32 // of each n-gram, what it weighs in any text that has it
	Longest int       // characters of a stretch
	Weights []float32 // [n-grams x labels]
	Bias    []float32 // [labels]
}

// Plain gives the model's numbers, its own where it can.
func (m *Model) Plain() Plain {
	v := m.vocabulary
	p := Plain{Labels: m.labels, Longest: v.longest, Weights: m.weights, Bias: m.bias}
	p.Buckets, p.Weighs = make([]uint32, len(v.weights)), make([]float32, len(v.weights))
	for b, column := range v.column {
		p.Buckets[column], p.Weighs[column] = b, float32(v.weights[column])
	}
	return p
}

// Model gives the model that the numbers were taken from.
func (p Plain) Model() *Model {
	v := &vocabulary{column: make(map[uint32]int32, len(p.Buckets)), weights: make([]float64, len(p.Buckets)), longest: min(max(p.Longest, 0), longestText)}
	for column, b := range p.Buckets {
		v.column[b], v.weights[column] = int32(column), float64(p.Weighs[column])
	}
	return &Model{labels: p.Labels, vocabulary: v, weights: p.Weights, bias: p.Bias}
}

// Labels are those that it knows, sorted.
func (m *Model) Labels() []string { return m.labels }

// Logits gives what the model makes of a text for each label, in their order.
func (m *Model) Logits(text string) []float32 {
	logits := make([]float32, len(m.labels))
	m.score(logits, m.vocabulary.appendText(vector{}, text))
	return logits
}

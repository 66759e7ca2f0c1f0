package metric

// NewROUGEL is ROUGE-1 for the longest sequence of words that both texts have in the
// same order, others between them or not, over the whole text as one (rouge_score's
// rougeL, not its rougeLsum).
func NewROUGEL() Metric {
	return &rouge{name: "rougeL", common: func(want, got []string) (int, int, int) {
		return inOrder(want, got), len(want), len(got)
	}}
}

// inOrder is the length of the longest common subsequence.
func inOrder(a, b []string) int {
	row := make([]int, len(b)+1)
	for i := range a {
		diagonal := 0
		for j := range b {
			above := row[j+1]
			if a[i] == b[j] {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			diagonal = above
		}
	}
	return row[len(b)]
}

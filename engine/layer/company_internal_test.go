package layer

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"attune/engine/tokenizer"
)

// Cats and dogs keep the same company, and trains another.
func TestPiecesInTheSameCompanyAreAlike(t *testing.T) {
	pieces, err := tokenizer.NewWordPiece(strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] cat dog train feeds pets drives boards the a never"), tokenizer.WordPieceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for range 20 {
		texts = append(texts, "the cat feeds pets", "the dog feeds pets", "a dog pets feeds", "a cat pets feeds", "the train drives boards", "a train boards drives")
	}
	const width = 4
	numbers := func(yield func([]int) bool) {
		for _, text := range texts {
			var ids []int
			for _, piece := range pieces.Encode(text) {
				ids = append(ids, piece.ID)
			}
			if !yield(ids) {
				return
			}
		}
	}
	learn := func() []float32 {
		c, err := countCompany(context.Background(), numbers, pieces.Size())
		if err != nil {
			t.Fatal(err)
		}
		x, err := c.meanings(context.Background(), width, rand.New(rand.NewPCG(1, 1)))
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	x := learn()
	cosine := func(one, two string) float64 {
		i, _ := pieces.ID(one)
		j, _ := pieces.ID(two)
		product, a, b := 0.0, 0.0, 0.0
		for k := range width {
			v, w := float64(x[i*width+k]), float64(x[j*width+k])
			product, a, b = product+v*w, a+v*v, b+w*w
		}
		return product / math.Sqrt(a*b)
	}
	if alike, apart := cosine("cat", "dog"), cosine("cat", "train"); alike < 0.9 || apart > 0.5 {
		t.Errorf("cat and dog %.2f alike, cat and train %.2f", alike, apart)
	}
	never, _ := pieces.ID("never")
	if slices.ContainsFunc(x[never*width:(never+1)*width], func(v float32) bool { return v != 0 }) {
		t.Error("a piece without company has a meaning")
	}
	if !slices.Equal(x, learn()) {
		t.Error("the same texts gave other meanings")
	}
}

func TestOrthonormalised(t *testing.T) {
	const rows, width = 50, 6
	random := rand.New(rand.NewPCG(2, 2))
	x := make([]float32, rows*width)
	for i := range x {
		x[i] = 1 + random.Float32() // columns that are much alike
	}
	orthonormalise(x, width)
	for i := range width {
		for j := range width {
			sum, want := 0.0, 0.0
			if i == j {
				want = 1
			}
			for r := range rows {
				sum += float64(x[r*width+i]) * float64(x[r*width+j])
			}
			if math.Abs(sum-want) > 1e-5 {
				t.Errorf("columns %d and %d have the product %g", i, j, sum)
			}
		}
	}
}

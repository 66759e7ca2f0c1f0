package health

import "context"

// Texts of up to mostShort words that differ in two at most become the same
// when the right words, two at most, are taken out of each. So all are found
// that are near, by the hashes of what is left (as spelling correctors do with
// letters: symmetric deletion).
const mostShort = 12

// atOnce is how many hashes are held in memory, 16 bytes each.
const atOnce = 1 << 21

// findShort finds the near pairs among short texts.
func (t *twinSearch) findShort(ctx context.Context, tell func(done float64)) error {
	total := 0
	for i := range t.first {
		if t.isShort(i) {
			n := len(t.of(i))
			switch mostChanges(n) {
			case 1:
				total += n
			case 2:
				total += n * (n + 1) / 2
			}
			total++
		}
	}
	// The hashes are taken in parts by their value, so that equal ones meet.
	parts := uint64(total/atOnce + 1)
	entries := make([]alike, 0, total/int(parts)+total/8/int(parts))
	for part := range parts {
		entries = entries[:0]
		for i := range t.first {
			if i%every == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if !t.isShort(i) {
				continue
			}
			without(t.of(i), func(hash uint64) {
				if hash%parts == part {
					entries = append(entries, alike{hash, int32(i)})
				}
			})
		}
		t.compare(entries)
		tell(float64(part+1) / float64(parts))
	}
	return nil
}

// isShort says whether a row, the first with its words, has few.
func (t *twinSearch) isShort(row int) bool {
	n := len(t.of(row))
	return t.first[row] == row && n > 0 && n <= mostShort
}

// without gives the hash of the words, and of what is left when any one of them
// or any two are taken out, as many as may differ.
func without(all []uint32, give func(hash uint64)) {
	give(sequence(all, -1, -1))
	most := min(mostChanges(len(all)), 2)
	for i := range all {
		if most >= 1 {
			give(sequence(all, i, -1))
		}
		for j := range i {
			if most == 2 {
				give(sequence(all, i, j))
			}
		}
	}
}

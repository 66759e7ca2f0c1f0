package health

import "slices"

// union joins rows into groups.
type union struct {
	parent []int
	joined map[int]bool
}

func newUnion(n int) *union {
	u := &union{parent: make([]int, n), joined: map[int]bool{}}
	for i := range u.parent {
		u.parent[i] = i
	}
	return u
}

func (u *union) root(i int) int {
	for u.parent[i] != i {
		u.parent[i] = u.parent[u.parent[i]]
		i = u.parent[i]
	}
	return i
}

// unite joins the groups of two rows; the earlier row stands for both.
func (u *union) unite(i, j int) {
	u.joined[i], u.joined[j] = true, true
	a, b := u.root(i), u.root(j)
	u.parent[max(a, b)] = min(a, b)
}

// groups gives the rows that were joined, group by group, in their order.
func (u *union) groups() [][]int {
	at := map[int]int{}
	var all [][]int
	for i := range u.parent {
		if !u.joined[i] {
			continue
		}
		root := u.root(i)
		n, ok := at[root]
		if !ok {
			n = len(all)
			at[root] = n
			all = append(all, nil)
		}
		all[n] = append(all[n], i)
	}
	return slices.Clip(all)
}

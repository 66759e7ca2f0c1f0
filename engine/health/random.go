package health

// mix makes a hash of a hash and a number: the finaliser of SplitMix64.
func mix(hash, n uint64) uint64 {
	z := hash + n + 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// hashOf is FNV-1a, with its bits mixed.
func hashOf(text string) uint64 {
	hash := uint64(0xcbf29ce484222325)
	for i := range len(text) {
		hash = (hash ^ uint64(text[i])) * 0x100000001b3
	}
	return mix(hash, uint64(len(text)))
}

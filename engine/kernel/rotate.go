package kernel

// Rotate turns the pairs (a[i], b[i]) by the angles whose cosines and sines are given. With a and
// b exchanged it turns them back.
func Rotate(a, b, cos, sin []float32) {
	n := len(a)
	active.rotate(a, b[:n], cos[:n], sin[:n])
}

func rotatePlain(a, b, cos, sin []float32) {
	for i := range a {
		a[i], b[i] = a[i]*cos[i]-b[i]*sin[i], b[i]*cos[i]+a[i]*sin[i]
	}
}

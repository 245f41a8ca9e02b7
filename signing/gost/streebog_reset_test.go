package gost

import "testing"

func TestNothingOfTheMessageIsLeftAfterReset(t *testing.T) {
	for _, size := range []int{Size512, Size256} {
		d := begun(size)
		if _, err := d.Write(make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
		if *d == *begun(size) {
			t.Fatalf("%d: what is written leaves no trace at all", size)
		}
		d.Reset()
		if *d != *begun(size) {
			t.Errorf("%d: there is %+v", size, *d)
		}
	}
}

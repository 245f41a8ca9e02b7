package app

import "time"

// Sleep has this computer sleep for so long.
func Sleep(d *Desk, t time.Duration) {
	d.clock.mu.Lock()
	defer d.clock.mu.Unlock()
	read := d.clock.machine
	d.clock.machine = func() (time.Time, time.Duration) {
		wall, running := read()
		return wall.Add(t), running
	}
}

//go:build !unix

package torture

import "time"

func processorTime() time.Duration { return 0 }

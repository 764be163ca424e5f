package registers

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
)

// MaxPath bounds the hashes of one proof: twice the height of the largest log.
const MaxPath = 82

// Inclusion gives the hashes that lead from leaf i to the root of the first size
// leaves (RFC 9162, section 2.1.3.1), the lowest first: about 20 for a million.
func Inclusion(r Reader, i, size uint64) ([]Hash, error) {
	if i >= size {
		return nil, fmt.Errorf("there is no entry %d among %d", i, size)
	}
	var path []Hash
	from, to := uint64(0), size
	for to-from > 1 {
		middle := from + half(to-from)
		otherFrom, otherTo := middle, to
		if i >= middle {
			otherFrom, otherTo, from = from, middle, middle
		} else {
			to = middle
		}
		h, err := Range(r, otherFrom, otherTo)
		if err != nil {
			return nil, err
		}
		path = append(path, h)
	}
	slices.Reverse(path)
	return path, nil
}

// errPath is said of every proof that does not lead where it must.
var errPath = errors.New("the hashes do not lead to the root: the proof is of something else, or was changed")

// CheckInclusion refuses hashes that do not lead from a leaf at i to the root of a log
// of size leaves.
func CheckInclusion(leaf Hash, i, size uint64, path []Hash, root Hash) error {
	if i >= size || size > MaxSize {
		return fmt.Errorf("there is no entry %d among %d", i, size)
	}
	// the path of i has one hash for each level at which it has a neighbour
	h, last := leaf, size-1
	for ; last > 0; i, last = i>>1, last>>1 {
		switch {
		case i&1 == 1:
			if len(path) == 0 {
				return errPath
			}
			h, path = Node(path[0], h), path[1:]
		case i < last:
			if len(path) == 0 {
				return errPath
			}
			h, path = Node(h, path[0]), path[1:]
		}
	}
	if len(path) != 0 || h != root {
		return errPath
	}
	return nil
}

// Consistency gives the hashes that show the first size leaves to be the beginning of
// the first later ones (RFC 9162, section 2.1.4.1).
func Consistency(r Reader, size, later uint64) ([]Hash, error) {
	if size == 0 || size > later {
		return nil, fmt.Errorf("a log of %d entries is not the beginning of one of %d", size, later)
	}
	var path []Hash
	from, to, whole := uint64(0), later, true
	for size != to {
		middle := from + half(to-from)
		otherFrom, otherTo := from, middle
		if size <= middle {
			otherFrom, otherTo, to = middle, to, middle
		} else {
			from, whole = middle, false
		}
		h, err := Range(r, otherFrom, otherTo)
		if err != nil {
			return nil, err
		}
		path = append(path, h)
	}
	if !whole {
		h, err := Range(r, from, to)
		if err != nil {
			return nil, err
		}
		path = append(path, h)
	}
	slices.Reverse(path)
	return path, nil
}

// CheckConsistency refuses hashes that do not show the log of one size and root to be
// the beginning of a later one (RFC 9162, section 2.1.4.2).
func CheckConsistency(size, later uint64, root, laterRoot Hash, path []Hash) error {
	if size == 0 || size > later || later > MaxSize {
		return fmt.Errorf("a log of %d entries is not the beginning of one of %d", size, later)
	}
	if size == later {
		if len(path) != 0 || root != laterRoot {
			return errPath
		}
		return nil
	}
	i, last := size-1, later-1
	shift := bits.TrailingZeros64(^i)
	i, last = i>>shift, last>>shift
	if i == 0 { // the earlier log is a subtree of the later one: its root begins the path
		path = append([]Hash{root}, path...)
	}
	if len(path) == 0 {
		return errPath
	}
	was, is := path[0], path[0]
	path = path[1:]
	for ; last > 0; i, last = i>>1, last>>1 {
		switch {
		case i&1 == 1:
			if len(path) == 0 {
				return errPath
			}
			was, is, path = Node(path[0], was), Node(path[0], is), path[1:]
		case i < last:
			if len(path) == 0 {
				return errPath
			}
			is, path = Node(is, path[0]), path[1:]
		}
	}
	if len(path) != 0 || was != root || is != laterRoot {
		return errPath
	}
	return nil
}

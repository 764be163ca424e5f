package tree

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"

	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/units"
)

// Order says what run to make.
type Order struct {
	Key       units.Key
	GTIN, Lot string
	// Count is how many serial numbers to derive with the tag; 0 where they come
	// from Serials.
	Count uint32
	Tag   uint64
	// Serials gives the next serial number, or io.EOF.
	Serials func() (string, error)
	// Stem is what the address of an item begins with, without a final slash.
	Stem string
	// List takes a line of CSV per item, with its code; nil keeps none.
	List io.Writer
	// Progress is told from time to time how many are done; may be nil.
	Progress func(done uint32)
}

// ListHeader is the first line of the list.
const ListHeader = "n,serial,code,url\n"

// portion is how many items one goroutine makes at a time.
const portion = 8192

type portionMade struct {
	leaves []units.Leaf
	lines  []byte
	err    error
}

// Make makes the items of a run and hands their leaves to w. The list is written
// in the order of the serial numbers.
func Make(ctx context.Context, o Order, w *Writer) error {
	if o.List != nil {
		if _, err := io.WriteString(o.List, ListHeader); err != nil {
			return err
		}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	// Portions are made side by side and taken in order.
	queue := make(chan chan portionMade, 2*runtime.GOMAXPROCS(0))
	go o.portions(ctx, queue)
	done := uint32(0)
	for made := range queue {
		p := <-made
		if p.err != nil {
			return p.err
		}
		if err := w.Add(p.leaves); err != nil {
			return err
		}
		if o.List != nil {
			if _, err := o.List.Write(p.lines); err != nil {
				return err
			}
		}
		if done += uint32(len(p.leaves)); o.Progress != nil {
			o.Progress(done)
		}
	}
	return ctx.Err()
}

// portions puts portions under way, as many as the queue holds.
func (o *Order) portions(ctx context.Context, queue chan<- chan portionMade) {
	defer close(queue)
	for first := uint32(0); ; first += portion {
		var serials []string
		var err error
		n := uint32(portion)
		switch {
		case o.Serials == nil && first >= o.Count:
			return
		case o.Serials == nil:
			n = min(n, o.Count-first)
		default:
			if serials, err = o.read(); len(serials) == 0 && err == nil {
				return
			}
		}
		made := make(chan portionMade, 1)
		select {
		case queue <- made:
		case <-ctx.Done():
			return
		}
		if err != nil {
			made <- portionMade{err: err}
			return
		}
		go func() { made <- o.portion(first, n, serials) }()
	}
}

// read takes up to a portion of the serial numbers that somebody brings.
func (o *Order) read() ([]string, error) {
	var out []string
	for len(out) < portion {
		s, err := o.Serials()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (o *Order) portion(first, n uint32, serials []string) (p portionMade) {
	if o.Serials == nil {
		sequence, err := o.Key.Sequence(o.GTIN, o.Tag)
		if err != nil {
			return portionMade{err: err}
		}
		serials = make([]string, n)
		for i := range serials {
			serials[i] = sequence.At(first + uint32(i))
		}
	}
	coder := o.Key.Coder(o.GTIN, o.Lot)
	prefix := o.Stem + gs1.Elements{{AI: "01", Value: o.GTIN}, {AI: "10", Value: o.Lot}}.PathString() + "/21/"
	p.leaves = make([]units.Leaf, len(serials))
	if o.List != nil {
		p.lines = make([]byte, 0, len(serials)*(len(prefix)+64))
	}
	for i, s := range serials {
		code := coder.Code(s)
		p.leaves[i] = units.LeafOf(o.GTIN, o.Lot, s, code, first+uint32(i)+1)
		if o.List != nil {
			p.lines = appendLine(p.lines, uint64(first)+uint64(i)+1, s, code, prefix)
		}
	}
	return p
}

func appendLine(b []byte, n uint64, serial string, code units.Code, prefix string) []byte {
	b = append(strconv.AppendUint(b, n, 10), ',')
	b = append(append(b, field(serial)...), ',')
	b = append(append(b, code.String()...), ',')
	b = append(b, field(prefix+strings.TrimPrefix(gs1.Elements{{AI: "21", Value: serial}}.PathString(), "/21/"))...)
	return append(b, '\n')
}

// field quotes what CSV wants quoted (RFC 4180).
func field(s string) string {
	if strings.ContainsAny(s, `",`) {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}

// Twice finds which serial number of a list stands twice, and where.
func Twice(l *List, gtin, lot string, id units.ID) error {
	first := 0
	for {
		s, err := l.Next()
		if err != nil {
			return &TwiceError{id}
		}
		if units.IDOf(gtin, lot, s) != id {
			continue
		}
		if first != 0 {
			return fmt.Errorf("serial number %s stands twice, on lines %d and %d", s, first, l.Line())
		}
		first = l.Line()
	}
}

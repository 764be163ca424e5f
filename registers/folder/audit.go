package folder

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/filiera-chain/filiera/registers"
)

// Audit reads the rows of an append again, and refuses the first that is not what was
// added.
func (f *Folder) Audit(ctx context.Context, a Append, in io.Reader) error {
	rows, err := NewRows(in, f.c.Columns)
	if err != nil {
		return err
	}
	e, err := f.entries(f.c.Size)
	if err != nil {
		return err
	}
	defer e.Close()
	keyAt, keySalt := f.keyIndex(), registers.KeySalt(f.secret, f.c.Register)
	i := a.From
	for ; ; i++ {
		cells, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if i >= a.Size {
			return fmt.Errorf("the file has more than the %d rows that append %d added", a.Size-a.From, a.Number)
		}
		mine, err := f.entry(i, cells, keyAt, keySalt)
		if err != nil {
			return fmt.Errorf("row %d of the file: %w", i-a.From+1, err)
		}
		there, err := e.Entry(i)
		if err != nil {
			return err
		}
		if mine != there {
			return fmt.Errorf("row %d of the file is not what append %d added as row %d of the register", i-a.From+1, a.Number, i+1)
		}
		if i%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if i != a.Size {
		return fmt.Errorf("the file has %d rows and append %d added %d", i-a.From, a.Number, a.Size-a.From)
	}
	return nil
}

// Roots gives what the folder's entries come to after an append; the sorted root is
// known of the last one only, and zero of others.
func (f *Folder) Roots(a Append) (registers.Anchor, error) {
	out := registers.Anchor{Size: a.Size}
	e, err := f.entries(a.Size)
	if err != nil {
		return out, err
	}
	defer e.Close()
	if out.Root, err = registers.Range(e, 0, a.Size); err != nil || f.c.KeyColumn == "" || a.Size != f.c.Size {
		return out, err
	}
	places, err := f.places()
	if err != nil {
		return out, err
	}
	out.SortedRoot, err = registers.Range(placeList(places), 0, uint64(len(places)))
	return out, err
}

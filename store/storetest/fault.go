package storetest

import (
	"errors"

	dbm "github.com/cosmos/cosmos-db"
)

// ErrFault is what a failing write returns.
var ErrFault = errors.New("storetest: the write failed, as asked")

// FaultDB is a database that fails at a chosen write: either nothing was written, or all was and the answer was lost.
type FaultDB struct {
	dbm.DB
	Fail    int  // fail the write after this many; negative: never
	Written bool // the failing write is carried out nevertheless
	Writes  int  // writes seen
}

// NewFaultDB wraps db; it fails nothing until Fail is set.
func NewFaultDB(db dbm.DB) *FaultDB { return &FaultDB{DB: db, Fail: -1} }

func (f *FaultDB) write(do func() error) error {
	n := f.Writes
	f.Writes++
	if n != f.Fail {
		return do()
	}
	if f.Written {
		if err := do(); err != nil {
			return err
		}
	}
	return ErrFault
}

// Set and the others below count as one write each.
func (f *FaultDB) Set(k, v []byte) error { return f.write(func() error { return f.DB.Set(k, v) }) }

func (f *FaultDB) SetSync(k, v []byte) error {
	return f.write(func() error { return f.DB.SetSync(k, v) })
}

func (f *FaultDB) Delete(k []byte) error { return f.write(func() error { return f.DB.Delete(k) }) }

func (f *FaultDB) DeleteSync(k []byte) error {
	return f.write(func() error { return f.DB.DeleteSync(k) })
}

func (f *FaultDB) NewBatch() dbm.Batch { return &faultBatch{f.DB.NewBatch(), f} }

func (f *FaultDB) NewBatchWithSize(n int) dbm.Batch { return &faultBatch{f.DB.NewBatchWithSize(n), f} }

type faultBatch struct {
	dbm.Batch
	f *FaultDB
}

func (b *faultBatch) Write() error     { return b.f.write(b.Batch.Write) }
func (b *faultBatch) WriteSync() error { return b.f.write(b.Batch.WriteSync) }

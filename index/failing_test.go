package index

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync/atomic"

	"modernc.org/sqlite"
)

// The driver "failing" is the engine with a fuse: the statement at which the
// fuse burns down fails, and so does everything after it, as when a process
// dies. The statement itself is either not carried out, or carried out with
// its answer lost.
var fuse = struct {
	left       atomic.Int64 // statements until the failure; negative: never
	afterwards atomic.Bool  // fail after carrying out
	burnt      atomic.Bool
}{}

var errCrash = errors.New("the process died here")

func init() {
	fuse.left.Store(-1)
	sql.Register("failing", failingDriver{&sqlite.Driver{}})
}

func setFuse(n int64, afterwards bool) {
	fuse.burnt.Store(false)
	fuse.afterwards.Store(afterwards)
	fuse.left.Store(n)
}

type failingDriver struct{ driver.Driver }

func (d failingDriver) Open(name string) (driver.Conn, error) {
	if fuse.burnt.Load() {
		return nil, errCrash
	}
	c, err := d.Driver.Open(name)
	return failingConn{c}, err
}

type failingConn struct{ driver.Conn }

func (c failingConn) ExecContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Result, error) {
	if fuse.burnt.Load() {
		return nil, errCrash
	}
	n := fuse.left.Load()
	if n >= 0 {
		fuse.left.Store(n - 1)
	}
	if n == 0 {
		fuse.burnt.Store(true)
		if !fuse.afterwards.Load() {
			return nil, errCrash
		}
	}
	res, err := c.Conn.(driver.ExecerContext).ExecContext(ctx, q, args)
	if n == 0 {
		return nil, errCrash
	}
	return res, err
}

func (c failingConn) QueryContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Rows, error) {
	if fuse.burnt.Load() {
		return nil, errCrash
	}
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, q, args)
}

func (c failingConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
}

package matter

import (
	"google.golang.org/protobuf/proto"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/module"
)

// single is an act that moves so much of one batch out of its stock or back.
type single interface {
	GetWhat() *matterv1.Use
	GetDay() string
	GetReason() string
}

func checkSingle(s single, least int) error {
	if err := checkUse("what", s.GetWhat()); err != nil {
		return err
	}
	if err := checkDay(s.GetDay()); err != nil {
		return err
	}
	return checkReason(s.GetReason(), least)
}

func checkWriteOff(w *matterv1.MsgWriteOff) error { return checkSingle(w, 3) }

// writeOff takes what is no longer there out of a batch; also of one that was
// called back, which is how it ends.
func (m *Matter) writeOff(ctx *module.Context, w *matterv1.MsgWriteOff, told *matterv1.Entry) (proto.Message, error) {
	g, err := m.held(ctx, w.GetWhat().GetBatch(), w.GetWhat().GetQuantity())
	if err != nil {
		return nil, err
	}
	return m.single(ctx, g, writeOff, offAccount, -1, w, told)
}

// single posts one line of a batch and its counterpart.
func (m *Matter) single(ctx *module.Context, g *goods, kind matterv1.EntryKind, to matterv1.Account, sign int64, s single, told *matterv1.Entry) (proto.Message, error) {
	if err := notTomorrow(ctx, s.GetDay()); err != nil {
		return nil, err
	}
	if err := m.open(ctx, g); err != nil {
		return nil, err
	}
	late, err := m.late(ctx, g.batch, s.GetDay(), told)
	if err != nil {
		return nil, err
	}
	e := newEntry(ctx, kind, s.GetDay(), s.GetReason(), told)
	e.LateDays = late
	e.Postings = []*matterv1.Posting{g.line(sign), g.other(to, -sign)}
	return m.post(ctx, e)
}

package recall

import (
	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkTexts(it, en string, least int) error {
	return shape(first(module.CheckText("text_it", it, least, maxText), module.CheckText("text_en", en, 0, maxText)))
}

func checkPublishNotice(m *recallv1.MsgPublishNotice) error {
	return first(checkNumber(m.GetRecall()), checkTexts(m.GetTextIt(), m.GetTextEn(), 3), shape(module.CheckText("reason", m.GetReason(), 0, maxReason)))
}

// publishNotice tells the public, or tells it better.
func (r *Recall) publishNotice(ctx *module.Context, m *recallv1.MsgPublishNotice) (proto.Message, error) {
	x, err := r.mustRecall(ctx, m.GetRecall())
	if err != nil {
		return nil, err
	}
	if err := r.ofOpener(ctx, x); err != nil {
		return nil, err
	}
	if x.GetDrill() {
		return nil, ErrNotice.With("recall %d is a drill; it tells the public nothing", x.GetNumber())
	}
	if x.GetNotice() != 0 && m.GetReason() == "" {
		return nil, ErrShape.With("reason is missing: notice %d stands, so say why it is corrected", x.GetNotice())
	}
	n, err := r.tell(ctx, x, m.GetTextIt(), m.GetTextEn(), m.GetReason())
	if err != nil {
		return nil, err
	}
	return &recallv1.PublishNoticeResult{Notice: n}, r.put(ctx, x)
}

// tell writes a notice, which stands from now on. The caller keeps x.
func (r *Recall) tell(ctx *module.Context, x *recallv1.Recall, it, en, reason string) (uint32, error) {
	if x.GetNotices() == maxNotices {
		return 0, ErrLimit.With("recall %d has %d notices, which is the most", x.GetNumber(), maxNotices)
	}
	x.Notices++
	n := &recallv1.Notice{
		Recall: x.GetNumber(), Number: x.GetNotices(), TextIt: it, TextEn: en, PublishedBy: ctx.Signer.Participant, PublishedAt: ctx.Time,
		PublishedHeight: ctx.Height, Corrects: x.GetNotice(), Reason: reason,
	}
	x.Notice = n.GetNumber()
	ctx.Emit(&recallv1.NoticeChanged{Notice: n})
	return n.GetNumber(), r.notices.Set(ctx, collections.Join(x.GetNumber(), n.GetNumber()), n)
}

func checkWithdrawNotice(m *recallv1.MsgWithdrawNotice) error {
	return first(checkNumber(m.GetRecall()), checkReason("reason", m.GetReason()))
}

// withdrawNotice takes the notice that stands back; it stays to be read.
func (r *Recall) withdrawNotice(ctx *module.Context, m *recallv1.MsgWithdrawNotice) error {
	x, err := r.mustRecall(ctx, m.GetRecall())
	if err != nil {
		return err
	}
	if err := r.ofOpener(ctx, x); err != nil {
		return err
	}
	if x.GetNotice() == 0 {
		return ErrNotice.With("recall %d has no notice that stands", x.GetNumber())
	}
	k := collections.Join(x.GetNumber(), x.GetNotice())
	n, err := r.notices.Get(ctx, k)
	if err != nil {
		return err
	}
	n.WithdrawnAt, n.WithdrawnBy, n.WithdrawalReason = ctx.Time, ctx.Signer.Participant, m.GetReason()
	x.Notice = 0
	ctx.Emit(&recallv1.NoticeChanged{Notice: n})
	if err := r.notices.Set(ctx, k, n); err != nil {
		return err
	}
	return r.put(ctx, x)
}

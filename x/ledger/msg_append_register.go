package ledger

import (
	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/registers"
)

func checkAppendRegister(m *ledgerv1.MsgAppendRegister) error {
	if n := m.GetEntries(); n == 0 || n > registers.MaxSize || m.GetFromSize() > registers.MaxSize-n {
		return ErrShape.With("from_size is %d and entries %d; a register takes 1 to %d in all", m.GetFromSize(), n, uint64(registers.MaxSize))
	}
	if n := len(m.GetSubtrees()); n == 0 || n > registers.MaxPath {
		return ErrShape.With("there are %d subtrees; an append has 1 to %d", n, registers.MaxPath)
	}
	for _, h := range m.GetSubtrees() {
		if err := module.CheckHash("subtrees", h); err != nil {
			return shape(err)
		}
	}
	for _, err := range []error{
		module.CheckSlug("register", m.GetRegister(), 3, 64), optionalHash("sorted_root", m.GetSortedRoot()), optionalHash("file_sha256", m.GetFileSha256()),
		optionalDate("period_from", m.GetPeriodFrom()), optionalDate("period_to", m.GetPeriodTo()), module.CheckText("note", m.GetNote(), 0, 500),
	} {
		if err != nil {
			return shape(err)
		}
	}
	if m.GetPeriodTo() != "" && m.GetPeriodTo() < m.GetPeriodFrom() {
		return ErrDates.With("period_from is %s and period_to %s", m.GetPeriodFrom(), m.GetPeriodTo())
	}
	if m.GetAct() != "" {
		return checkActID("act", m.GetAct())
	}
	return nil
}

// appendRegister adds entries: the root after it follows from what is recorded and
// from the roots that are given, so that nothing that was there can change.
func (l *Ledger) appendRegister(ctx *module.Context, m *ledgerv1.MsgAppendRegister) (proto.Message, error) {
	r, err := l.openedRegister(ctx, "register", m.GetRegister())
	if err != nil {
		return nil, err
	}
	if err := l.maySpeak(ctx, r.GetBody(), "add to its registers"); err != nil {
		return nil, err
	}
	if err := l.restsOn(ctx, m.GetAct()); err != nil {
		return nil, err
	}
	if m.GetFromSize() != r.GetSize() {
		return nil, ErrRegisterSize.With("%s has %d entries and the append begins at %d; it was recorded already, or another one came before it", r.GetId(), r.GetSize(), m.GetFromSize())
	}
	if (r.GetKeyColumn() != "") != (len(m.GetSortedRoot()) != 0) {
		return nil, ErrSorted.With("key_column of %s is %q and sorted_root has %d bytes", r.GetId(), r.GetKeyColumn(), len(m.GetSortedRoot()))
	}
	after, err := frontierOf(r.GetFrontier()).Append(r.GetSize(), m.GetEntries(), frontierOf(m.GetSubtrees()))
	if err != nil {
		return nil, ErrSubtrees.With("%v", err)
	}
	root := after.Root()
	r.Size, r.Appends, r.Root, r.SortedRoot, r.Frontier = r.GetSize()+m.GetEntries(), r.GetAppends()+1, root[:], m.GetSortedRoot(), nil
	for i := range after {
		r.Frontier = append(r.Frontier, after[i][:])
	}
	a := &ledgerv1.RegisterAppend{
		Register: r.GetId(), Number: r.GetAppends(), FromSize: m.GetFromSize(), Size: r.GetSize(), Root: r.GetRoot(), SortedRoot: r.GetSortedRoot(), FileSha256: m.GetFileSha256(),
		PeriodFrom: m.GetPeriodFrom(), PeriodTo: m.GetPeriodTo(), Act: m.GetAct(), Note: m.GetNote(), AppendedBy: ctx.Signer.Participant, KeyLabel: ctx.Signer.KeyLabel, AppendedAt: ctx.Time, AppendedHeight: ctx.Height,
	}
	ctx.Emit(&ledgerv1.RegisterAppended{Append: a})
	if err := l.appends.Set(ctx, collections.Join(r.GetId(), a.GetNumber()), a); err != nil {
		return nil, err
	}
	return &ledgerv1.AppendRegisterResult{Number: a.GetNumber(), Size: a.GetSize(), Root: a.GetRoot()}, l.putRegister(ctx, r)
}

// frontierOf reads hashes whose length is checked.
func frontierOf(list [][]byte) registers.Frontier {
	out := make(registers.Frontier, len(list))
	for i, b := range list {
		copy(out[i][:], b)
	}
	return out
}

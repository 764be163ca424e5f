package unit

import (
	"google.golang.org/protobuf/proto"

	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/units"
)

func checkAcquit(m *unitv1.MsgAcquitUnit) error {
	if err := checkBatchID(m.GetBatch()); err != nil {
		return err
	}
	if _, err := gs1.ParseSerial(m.GetSerial()); err != nil {
		return ErrShape.With("serial: %v", err)
	}
	if len(m.GetToken()) != units.TokenSize {
		return ErrShape.With("token has %d bytes; it has %d", len(m.GetToken()), units.TokenSize)
	}
	_, err := parseProof("proof", m.GetProof())
	return err
}

// acquit records a reveal. The token must be the link before the one shown last,
// which only the code gives; so a reveal that was read off the ledger is not
// counted again.
func (u *Unit) acquit(ctx *module.Context, m *unitv1.MsgAcquitUnit) (proto.Message, error) {
	if _, err := u.batch(ctx, m.GetBatch()); err != nil {
		return nil, err
	}
	p, err := parseProof("proof", m.GetProof())
	if err != nil {
		return nil, err
	}
	r, id, err := u.proven(ctx, m.GetBatch(), m.GetSerial(), p)
	if err != nil {
		return nil, err
	}
	x, err := u.find(ctx, r, p.Index)
	if err != nil {
		return nil, err
	}
	shown := p.Tip
	if x.GetReveals() > 0 {
		shown = units.Token(x.GetToken())
	}
	token := units.Token(m.GetToken())
	if err := follows(x, id, token, shown); err != nil {
		return nil, err
	}
	wasVoid := void(r, x)
	if x.GetReveals() == 0 {
		x.AcquittedAt, x.AcquittedHeight, x.VoidWhenAcquitted = ctx.Time, ctx.Height, wasVoid
		if err := u.firstReveal(ctx, r, wasVoid); err != nil {
			return nil, err
		}
	}
	x.Reveals++
	x.LastRevealedAt, x.LastRevealedHeight, x.Token = ctx.Time, ctx.Height, m.GetToken()
	return &unitv1.AcquitUnitResult{Reveals: x.GetReveals(), AcquittedAt: x.GetAcquittedAt(), Void: wasVoid}, u.putUnit(ctx, x)
}

// follows refuses a token that is not the one before shown.
func follows(x *unitv1.Unit, id units.ID, token, shown units.Token) error {
	if token.Next(id) == shown {
		return nil
	}
	for t, n := shown, uint32(0); n < x.GetReveals(); n++ {
		if t == token {
			return ErrRepeated.With("this reveal is on record: the code was revealed %d times, the last on %s. A further one is shown by the code itself, not by what the ledger holds", x.GetReveals(), module.Day(x.GetLastRevealedAt()))
		}
		t = t.Next(id)
	}
	if x.GetReveals() >= units.Reveals {
		return ErrLimit.With("the code was revealed %d times, and no more are counted", x.GetReveals())
	}
	return ErrCode.With("the code is not that of this unit; type it as it stands under the cap")
}

// firstReveal counts a unit that was not void as acquitted.
func (u *Unit) firstReveal(ctx *module.Context, r *unitv1.Run, wasVoid bool) error {
	if wasVoid {
		return nil
	}
	t, err := u.Tally(ctx, r.GetBatch().GetGtin(), r.GetBatch().GetLot())
	if err != nil {
		return err
	}
	r.Acquitted++
	t.Acquitted++
	if err := u.putTally(ctx, t); err != nil {
		return err
	}
	return u.putRun(ctx, r)
}

package registry

import (
	"cosmossdk.io/collections"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkAddKey(m *registryv1.MsgAddKey) error { return checkNewKey(m.GetKey()) }

// addKey lets a participant speak through one more key of its own.
func (r *Registry) addKey(ctx *module.Context, m *registryv1.MsgAddKey) error {
	return r.takeKey(ctx, ctx.Signer.Participant, m.GetKey())
}

func checkRetireKey(m *registryv1.MsgRetireKey) error {
	if err := shape(module.CheckSlug("key label", m.GetLabel(), 1, 40)); err != nil {
		return err
	}
	return checkAboutParticipant(m)
}

// retireKey ends a key: by its owner, who must keep another, or by an
// authority when the owner has lost control of it.
func (r *Registry) retireKey(ctx *module.Context, m *registryv1.MsgRetireKey) error {
	own := m.GetParticipant() == ctx.Signer.Participant
	if !own {
		if err := r.authority(ctx); err != nil {
			return err
		}
	}
	if err := r.endKey(ctx, m.GetParticipant(), m.GetLabel(), m.GetReason()); err != nil || !own {
		return err
	}
	live, err := r.liveKeys(ctx, m.GetParticipant())
	if err != nil {
		return err
	}
	if live == 0 {
		return ErrLastKey.With("%q is the last live key of %s; add another or rotate instead", m.GetLabel(), m.GetParticipant())
	}
	return nil
}

func checkRotateKey(m *registryv1.MsgRotateKey) error {
	if err := checkReason(m.GetReason()); err != nil {
		return err
	}
	return checkNewKey(m.GetKey())
}

// rotateKey replaces the signing key by a new one.
func (r *Registry) rotateKey(ctx *module.Context, m *registryv1.MsgRotateKey) error {
	if err := r.takeKey(ctx, ctx.Signer.Participant, m.GetKey()); err != nil {
		return err
	}
	return r.endKey(ctx, ctx.Signer.Participant, ctx.Signer.KeyLabel, m.GetReason())
}

func (r *Registry) endKey(ctx *module.Context, participant, label, reason string) error {
	k, err := r.KeyByLabel(ctx, participant, label)
	if err != nil {
		return err
	}
	if k == nil {
		return ErrNoKey.With("participant %s has no key labelled %q", participant, label)
	}
	if k.GetRetiredAt() != 0 {
		return ErrState.With("key %q of %s was retired on %s: %s", label, participant, module.Day(k.GetRetiredAt()), k.GetRetiredReason())
	}
	k.RetiredAt, k.RetiredReason = max(ctx.Time, 1), reason
	return r.putKey(ctx, k)
}

func (r *Registry) liveKeys(ctx *module.Context, participant string) (int, error) {
	live := 0
	rng := collections.NewPrefixedPairRange[string, string](participant)
	err := r.labels.Walk(ctx, rng, func(_ collections.Pair[string, string], address []byte) (bool, error) {
		k, err := r.keys.Get(ctx, address)
		if err != nil {
			return true, err
		}
		if k.GetRetiredAt() == 0 {
			live++
		}
		return false, nil
	})
	return live, err
}

func checkAddAlternateID(m *registryv1.MsgAddAlternateID) error {
	if err := CheckID("participant", m.GetParticipant()); err != nil {
		return err
	}
	return checkAlternateID(m.GetAlternateId())
}

func (r *Registry) addAlternateID(ctx *module.Context, m *registryv1.MsgAddAlternateID) error {
	if err := r.authority(ctx); err != nil {
		return err
	}
	p, err := r.Active(ctx, m.GetParticipant())
	if err != nil {
		return err
	}
	if err := r.takeAlternateID(ctx, p, m.GetAlternateId()); err != nil {
		return err
	}
	return r.putParticipant(ctx, p)
}

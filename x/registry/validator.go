package registry

import (
	"context"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

// Bounds of the validator set. CometBFT's own limit on total power is far
// above what these allow together.
const (
	maxValidators = 200
	maxPower      = 1_000_000
)

func checkValidatorKey(key []byte) error {
	if len(key) != 32 {
		return ErrValidator.With("the validator's ed25519 public key has %d bytes; it takes 32", len(key))
	}
	return nil
}

func checkValidator(v *registryv1.AdmitValidator) error {
	if err := checkValidatorKey(v.GetPublicKey()); err != nil {
		return err
	}
	if err := CheckID("participant", v.GetParticipant()); err != nil {
		return err
	}
	if err := shape(module.CheckText("validator name", v.GetName(), 1, 70)); err != nil {
		return err
	}
	if v.GetPower() < 1 || v.GetPower() > maxPower {
		return ErrValidator.With("validator power is %d; it takes 1 to %d", v.GetPower(), maxPower)
	}
	return nil
}

// AdmitValidator adds a validator; a passed proposal and genesis use it. The
// announcement is what the engine is told.
func (r *Registry) AdmitValidator(ctx *module.Context, d *registryv1.AdmitValidator) error {
	if err := checkValidator(d); err != nil {
		return err
	}
	if _, err := r.Active(ctx, d.GetParticipant()); err != nil {
		return err
	}
	if there, err := r.validators.Has(ctx, d.GetPublicKey()); err != nil || there {
		if err != nil {
			return err
		}
		return ErrValidator.With("the validator key %x is already admitted", d.GetPublicKey())
	}
	list, err := r.Validators(ctx)
	if err != nil {
		return err
	}
	if len(list) >= maxValidators {
		return ErrValidator.With("there are already %d validators, which is the most", len(list))
	}
	v := &registryv1.Validator{PublicKey: d.GetPublicKey(), Participant: d.GetParticipant(), Name: d.GetName(), Power: d.GetPower(), AdmittedAt: ctx.Time}
	ctx.Emit(&registryv1.ValidatorChanged{Validator: v})
	return r.validators.Set(ctx, v.GetPublicKey(), v)
}

func (r *Registry) retireValidator(ctx *module.Context, d *registryv1.RetireValidator) error {
	v, err := module.Find(ctx, r.validators, d.GetPublicKey())
	if err != nil {
		return err
	}
	if v == nil {
		return ErrValidator.With("no validator has the key %x", d.GetPublicKey())
	}
	list, err := r.Validators(ctx)
	if err != nil {
		return err
	}
	if len(list) == 1 {
		return ErrValidator.With("%s is the last validator; admit another first", v.GetName())
	}
	if err := r.validators.Remove(ctx, v.GetPublicKey()); err != nil {
		return err
	}
	v.Power = 0
	ctx.Emit(&registryv1.ValidatorChanged{Validator: v})
	return nil
}

// Validators gives the admitted validators in order of key.
func (r *Registry) Validators(ctx context.Context) ([]*registryv1.Validator, error) {
	var list []*registryv1.Validator
	err := r.validators.Walk(ctx, nil, func(_ []byte, v *registryv1.Validator) (bool, error) {
		list = append(list, v)
		return false, nil
	})
	return list, err
}

package product

import (
	"testing"

	"google.golang.org/protobuf/proto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/x/registry"
)

func publish(day string) *productv1.MsgPublishVersion {
	return &productv1.MsgPublishVersion{Specification: pastaSpec, Version: versionFrom(day)}
}

func TestAnAuthorityPublishesAVersionAndTheOldTextStays(t *testing.T) {
	l := newLedger(t).withPasta()
	before, err := l.product.SpecificationVersion(l.reader(), pastaSpec, 1)
	l.must(err)
	old := proto.Clone(before)
	l.must(l.do(region, publish("2026-12-01")))
	after, err := l.product.SpecificationVersion(l.reader(), pastaSpec, 1)
	l.must(err)
	if !proto.Equal(old, after) {
		t.Errorf("version 1 was %v and is %v", old, after)
	}
	answer, err := l.product.querySpecification(l.reader(), &productv1.SpecificationRequest{Id: pastaSpec})
	l.must(err)
	if len(answer.GetVersions()) != 2 || answer.GetVersions()[1].GetInForceFrom() != "2026-12-01" || answer.GetSpecification().GetLatestVersion() != 2 {
		t.Errorf("answer = %v", answer)
	}
}

func TestAVersionIsRefusedWhen(t *testing.T) {
	type msg = *productv1.MsgPublishVersion
	l := newLedger(t).withPasta()
	refuses(t, l, region, func() msg { return publish("2026-12-01") }, []refusal[msg]{
		{name: "its signer is no authority", signer: pastaMaker, want: registry.ErrNotAllowed},
		{name: "the specification is unknown", change: func(m msg) { m.Specification = "unknown" }, want: ErrSpecification},
		{name: "the specification id is malformed", change: func(m msg) { m.Specification = "-" }, want: ErrShape},
		{name: "it begins on the day of the last one", change: func(m msg) { m.Version.InForceFrom = "2013-11-13" }, want: ErrVersionOrder},
		{name: "it begins before the last one", change: func(m msg) { m.Version.InForceFrom = "2013-11-12" }, want: ErrVersionOrder},
		{name: "its text is missing", change: func(m msg) { m.Version = nil }, want: ErrShape},
	})
}

func TestASpecificationHoldsABoundedNumberOfVersions(t *testing.T) {
	l := newLedger(t).withPasta()
	spec, err := l.product.Specification(l.reader(), pastaSpec)
	l.must(err)
	spec.LatestVersion = maxVersions
	v, err := l.product.SpecificationVersion(l.reader(), pastaSpec, 1)
	l.must(err)
	full := proto.CloneOf(v)
	full.Version = maxVersions
	branch := l.kv.Branch() // thrown away: the versions in between are not there
	l.kv = branch
	ctx := l.context(region)
	l.must(l.product.specifications.Set(ctx, pastaSpec, spec))
	l.must(l.product.versions.Set(ctx, versionKey(pastaSpec, maxVersions), full))
	refuses(t, l, region, func() *productv1.MsgPublishVersion { return publish("2026-12-01") }, []refusal[*productv1.MsgPublishVersion]{
		{name: "it has two hundred", want: ErrLimit},
	})
}

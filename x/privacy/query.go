package privacy

import (
	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	"github.com/filiera-chain/filiera/module"
)

func (p *Privacy) queryCommitment(rd *module.Reader, q *privacyv1.CommitmentRequest) (*privacyv1.CommitmentResponse, error) {
	if err := checkID(q.GetId()); err != nil {
		return nil, err
	}
	return p.Whole(rd, q.GetId())
}

// Whole gives a record with its grants and holdings, or refuses.
func (p *Privacy) Whole(rd *module.Reader, id []byte) (*privacyv1.CommitmentResponse, error) {
	c, err := p.mustCommitment(rd, id)
	if err != nil {
		return nil, err
	}
	a := &privacyv1.CommitmentResponse{Commitment: c}
	if a.Grants, err = p.Grants(rd, c); err != nil {
		return nil, err
	}
	a.Holdings, err = p.Holdings(rd, c)
	return a, err
}

func (p *Privacy) queryCommitmentsOfSubject(rd *module.Reader, q *privacyv1.CommitmentsOfSubjectRequest) (*privacyv1.CommitmentsOfSubjectResponse, error) {
	subject, err := SubjectOf(q.GetSubject())
	if err != nil {
		return nil, err
	}
	list, err := p.About(rd, subject)
	return &privacyv1.CommitmentsOfSubjectResponse{Commitments: list}, err
}

func (p *Privacy) queryEntitled(rd *module.Reader, q *privacyv1.EntitledRequest) (*privacyv1.EntitledResponse, error) {
	if err := checkID(q.GetCommitment()); err != nil {
		return nil, err
	}
	if err := module.CheckSlug("participant", q.GetParticipant(), 3, 40); err != nil {
		return nil, shape(err)
	}
	if err := checkNames([]string{q.GetField()}); err != nil {
		return nil, err
	}
	return p.Entitled(rd, rd.Time, q.GetParticipant(), q.GetCommitment(), q.GetField())
}

func (p *Privacy) queryNeighbours(rd *module.Reader, q *privacyv1.NeighboursRequest) (*privacyv1.NeighboursResponse, error) {
	if err := checkID(q.GetCommitment()); err != nil {
		return nil, err
	}
	c, err := p.mustCommitment(rd, q.GetCommitment())
	if err != nil {
		return nil, err
	}
	list, err := p.Neighbours(rd, c)
	return &privacyv1.NeighboursResponse{Participants: list}, err
}

package epcisrest

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
)

// captureJob is a job as it is answered. Source: EPCIS 2.0.1, 12.6.
type captureJob struct {
	CaptureID             string          `json:"captureID"`
	CreatedAt             string          `json:"createdAt"`
	FinishedAt            string          `json:"finishedAt,omitempty"`
	Running               bool            `json:"running"`
	Success               bool            `json:"success"`
	CaptureErrorBehaviour string          `json:"captureErrorBehaviour"`
	Errors                json.RawMessage `json:"errors"`
	// What came of the events so far: duplicates were on the ledger before.
	Events struct {
		Total     int `json:"total"`
		Accepted  int `json:"accepted"`
		Duplicate int `json:"duplicate"`
		Refused   int `json:"refused"`
	} `json:"filiera:events"`
}

func shown(j *job) captureJob {
	out := captureJob{
		CaptureID: j.id, CreatedAt: formatTime(j.createdAt), Running: j.finishedAt == 0, Success: j.success,
		CaptureErrorBehaviour: j.behaviour, Errors: json.RawMessage(j.errors),
	}
	if j.finishedAt != 0 {
		out.FinishedAt = formatTime(j.finishedAt)
	}
	out.Events.Total, out.Events.Accepted, out.Events.Duplicate, out.Events.Refused = j.events, j.accepted, j.duplicate, j.refused
	return out
}

func (s *Service) writeValue(w http.ResponseWriter, r *http.Request, status int, v any) *Problem {
	body, err := json.Marshal(v)
	if err != nil {
		return s.failed(err)
	}
	s.writeJSON(w, r, status, append(body, '\n'))
	return nil
}

func (s *Service) getJob(w http.ResponseWriter, r *http.Request, _ negotiated) *Problem {
	if p := noParameters(r); p != nil {
		return p
	}
	who, p := s.identify(w, r)
	if p != nil {
		return p
	}
	j, err := s.c.Store.jobByID(r.Context(), who.participant, r.PathValue("captureID"))
	if err != nil {
		return s.failed(err)
	}
	if j == nil {
		return exception("NoSuchResourceException", "%s has no capture job %s", who.participant, clip(r.PathValue("captureID")))
	}
	return s.writeValue(w, r, http.StatusOK, shown(j))
}

func (s *Service) getJobs(w http.ResponseWriter, r *http.Request, _ negotiated) *Problem {
	params, page, p := parameters(r)
	if p != nil {
		return p
	}
	for name := range params {
		return unknown(name)
	}
	who, p := s.identify(w, r)
	if p != nil {
		return p
	}
	before := int64(math.MaxInt64)
	if page.token != "" {
		n, err := strconv.ParseInt(page.token, 10, 64)
		if err != nil || n < 1 {
			return badParameter("nextPageToken", "it is not one that this list gave")
		}
		before = n
	}
	list, err := s.c.Store.jobsOf(r.Context(), who.participant, before, page.perPage+1)
	if err != nil {
		return s.failed(err)
	}
	if len(list) > page.perPage {
		list = list[:page.perPage]
		s.linkNext(w, r, strconv.FormatInt(list[len(list)-1].number, 10))
	}
	out := make([]captureJob, len(list))
	for i, j := range list {
		out[i] = shown(j)
	}
	return s.writeValue(w, r, http.StatusOK, out)
}

// waitJob waits until a job has ended.
func (s *Service) waitJob(ctx context.Context, participant, id string) (*job, error) {
	for {
		next := s.jobs.wait()
		j, err := s.c.Store.jobByID(ctx, participant, id)
		if err != nil || j == nil || j.finishedAt != 0 {
			return j, err
		}
		select {
		case <-next:
		case <-ctx.Done():
			return j, ctx.Err()
		}
	}
}

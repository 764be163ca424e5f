package epcisrest

import "net/http"

func (s *Service) getOpenAPI(w http.ResponseWriter, r *http.Request, _ negotiated) *Problem {
	return s.writeValue(w, r, http.StatusOK, map[string]any{})
}

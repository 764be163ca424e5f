package epcisrest

import (
	"mime"
	"net/http"
	"strings"

	"github.com/filiera-chain/filiera/epcis/xml"
)

// xmlTimes is how much more room a document takes in XML than in JSON.
const xmlTimes = 4

// readDocument reads a document to capture: JSON as it is, or EPCIS 1.0 to 2.0 in
// XML, which becomes the JSON that the ledger takes. At most most bytes of JSON
// come out.
func readDocument(w http.ResponseWriter, r *http.Request, most int) ([]byte, *Problem) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || (kind != "application/xml" && kind != "text/xml") {
		return readBody(w, r, most)
	}
	if c := params["charset"]; c != "" && !strings.EqualFold(c, "utf-8") {
		return nil, exception("UnsupportedMediaTypeException", "the charset is %s; leave it out, and let the document declare its encoding", clip(c))
	}
	raw, p := readBytes(w, r, most*xmlTimes)
	if p != nil {
		return nil, p
	}
	json, _, err := xml.Convert(raw, xml.Limits{MaxBytes: most * xmlTimes, MaxElements: max(100_000, most/16)})
	if err != nil {
		return nil, exception("ValidationException", "%v", err)
	}
	if len(json) > most {
		return nil, exception("CaptureLimitExceededException", "the document has %d bytes once it is JSON; at most %d are taken: divide it", len(json), most)
	}
	return json, nil
}

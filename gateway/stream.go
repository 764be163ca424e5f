package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/filiera-chain/filiera/index"
)

const (
	streamRoute = "GET /v1/stream"
	// maxStreams bounds how many follow at once.
	maxStreams = 256
	// heartbeat keeps proxies from taking a quiet stream for a dead one.
	heartbeat = 15 * time.Second
	// streamWrite is how long a client may take to accept what is sent; one that
	// is slower is let go, and goes on later from the id that it has.
	streamWrite = 20 * time.Second
)

// Announced is one record as a block changed it.
type Announced struct {
	Height int64     `json:"height"`
	Time   time.Time `json:"time" doc:"The block's"`
	TxHash string    `json:"tx_hash,omitempty" doc:"Absent for what the end of a block, or genesis, changed"`
	Record any       `json:"record" doc:"As in the lists"`
}

func (g *Gateway) streamRoutes() {
	o := op("stream", "/v1/stream", "Operations", "Committed records as they change",
		"Server-sent events: event is the announcement's name, such as filiera.product.v1.BatchChanged, data a JSON object with height, time, tx_hash and "+
			"record, id the place to go on from (Last-Event-ID). Without from or Last-Event-ID the stream begins with the next block.")
	o.Responses = map[string]*huma.Response{"200": {
		Description: "A stream that does not end by itself",
		Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	huma.Register(g.api, o, g.stream)
}

type streamIn struct {
	From        int64  `query:"from" minimum:"0" doc:"First height; 0 for the next block"`
	Type        string `query:"type" doc:"Only announcements whose name ends so, such as BatchChanged"`
	GTIN        string `query:"gtin" doc:"Only records that name this product"`
	Participant string `query:"participant" doc:"Only records that name this participant"`
	LastEventID string `header:"Last-Event-ID"`
}

// follower is one stream.
type follower struct {
	g *Gateway
	streamIn
	out  http.ResponseWriter
	ctrl *http.ResponseController
	// height and skip are the next block and how many of its records are past.
	height int64
	skip   int
}

func (g *Gateway) stream(_ context.Context, in *streamIn) (*huma.StreamResponse, error) {
	if g.c.Blocks == nil {
		return nil, problem(http.StatusNotImplemented, "stream.unavailable", "this gateway keeps no blocks to stream from; ask the node")
	}
	f := &follower{g: g, streamIn: *in, height: in.From}
	if in.GTIN != "" {
		code, err := optionalGTIN(in.GTIN)
		if err != nil {
			return nil, err
		}
		f.GTIN = code
	}
	if err := f.resume(); err != nil {
		return nil, err
	}
	if g.streams.Add(1) > maxStreams {
		g.streams.Add(-1)
		return nil, problem(http.StatusServiceUnavailable, "stream.too_many", "%d streams are open, which is the most; try again later", maxStreams)
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer g.streams.Add(-1)
		r, w := humago.Unwrap(hctx)
		f.out, f.ctrl = w, http.NewResponseController(w)
		h := w.Header()
		h.Set("Content-Type", "text/event-stream")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Accel-Buffering", "no")
		w.WriteHeader(http.StatusOK)
		ctx, stop := context.WithCancel(r.Context())
		defer stop()
		defer context.AfterFunc(g.ending, stop)()
		_ = f.run(ctx) // whatever ended it, the client goes on from its last id
	}}, nil
}

// resume finds where the stream begins.
func (f *follower) resume() error {
	first := f.g.c.Blocks.First()
	if f.LastEventID != "" {
		height, index, ok := strings.Cut(f.LastEventID, ".")
		h, err1 := strconv.ParseInt(height, 10, 64)
		i, err2 := strconv.ParseUint(index, 10, 31)
		if !ok || err1 != nil || err2 != nil || h < 0 {
			return badRequest("stream.last_event_id", "Last-Event-ID is %q; send back an id that the stream gave, such as 12.3", clip(f.LastEventID))
		}
		f.height, f.skip = h, int(i)+1
	}
	if f.height == 0 {
		f.height = f.g.c.Projector.Status().Height + 1
	}
	if f.height < first {
		return badRequest("stream.from", "from is %d; the first block is %d", f.height, first)
	}
	return nil
}

// run sends block after block until the client goes, or is too slow.
func (f *follower) run(ctx context.Context) error {
	if err := f.send(": begin\nretry: 3000\n\n"); err != nil {
		return err
	}
	for {
		if err := f.await(ctx); err != nil {
			return err
		}
		b, err := f.g.c.Blocks.Block(f.height)
		if err != nil {
			return err
		}
		if err := f.block(&b); err != nil {
			return err
		}
		f.height, f.skip = f.height+1, 0
	}
}

// await returns once the next block is in the read model: who is told of a
// record finds it in the lists.
func (f *follower) await(ctx context.Context) error {
	for {
		wait, stop := context.WithTimeout(ctx, heartbeat)
		err := f.g.c.Projector.WaitHeight(wait, f.height)
		stop()
		if err == nil || ctx.Err() != nil {
			return err
		}
		if err := f.send(": \n\n"); err != nil {
			return err
		}
	}
}

func (f *follower) block(b *index.Block) error {
	n := 0
	return index.EachAnnouncement(b, func(hash []byte, m proto.Message) error {
		at := n
		n++
		name := string(m.ProtoReflect().Descriptor().FullName())
		if at < f.skip || !strings.HasSuffix(name, f.Type) || !f.names(m) {
			return nil
		}
		data, err := json.Marshal(Announced{b.Height, b.Time.UTC(), hexOrNone(hash), recordOf(m)})
		if err != nil {
			return err
		}
		return f.send(fmt.Sprintf("id: %d.%d\nevent: %s\ndata: %s\n\n", b.Height, at, name, data))
	})
}

// names says whether the record names what the stream is about.
func (f *follower) names(m proto.Message) bool {
	return (f.GTIN == "" || mentions(m.ProtoReflect(), f.GTIN, gtinFields)) && (f.Participant == "" || mentions(m.ProtoReflect(), f.Participant, participantFields))
}

var (
	gtinFields        = map[protoreflect.Name]bool{"gtin": true}
	participantFields = map[protoreflect.Name]bool{
		"participant": true, "owner": true, "custodian": true, "reporter": true, "certifier": true, "requester": true, "status_by": true,
		"submitted_by": true, "actor": true, "proposer": true, "id": true,
	}
)

// mentions looks for a value in the fields of those names, at any depth.
func mentions(m protoreflect.Message, value string, fields map[protoreflect.Name]bool) bool {
	found := false
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.Kind() == protoreflect.StringKind && !fd.IsList() && !fd.IsMap():
			found = fields[fd.Name()] && v.String() == value
		case fd.Message() != nil && fd.IsList():
			for i := 0; i < v.List().Len() && !found; i++ {
				found = mentions(v.List().Get(i).Message(), value, fields)
			}
		case fd.Message() != nil && !fd.IsMap():
			found = mentions(v.Message(), value, fields)
		}
		return !found
	})
	return found
}

// recordOf shows the record that an announcement carries: its first field.
func recordOf(m proto.Message) any {
	r := m.ProtoReflect()
	if fields := r.Descriptor().Fields(); fields.Len() > 0 && fields.Get(0).Message() != nil {
		return record(r.Get(fields.Get(0)).Message().Interface())
	}
	return record(m)
}

func (f *follower) send(text string) error {
	if err := f.ctrl.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil {
		return err
	}
	if _, err := f.out.Write([]byte(text)); err != nil {
		return err
	}
	return f.ctrl.Flush()
}

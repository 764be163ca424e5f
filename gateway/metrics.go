package gateway

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the gateway's own; a nil registry counts for nobody.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics(g *Gateway, reg *prometheus.Registry) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "filiera_http_requests_total", Help: "Requests answered, by route, method and status.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "filiera_http_request_seconds", Help: "Time to answer, by route.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60},
		}, []string{"route"}),
	}
	gauges := []prometheus.Collector{
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "filiera_index_height", Help: "Last height in the read model."},
			func() float64 { return float64(g.c.Projector.Status().Height) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "filiera_index_lease", Help: "1 while this node's projector writes the read model, 0 while another's does."},
			func() float64 {
				if g.c.Projector.Status().Leads {
					return 1
				}
				return 0
			}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "filiera_index_lag_blocks", Help: "Committed blocks that the read model does not have yet."},
			func() float64 { return float64(g.c.Projector.Status().Lag()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "filiera_http_waiters", Help: "Requests that wait for a transaction."},
			func() float64 { return float64(g.waiters.count()) }),
	}
	for _, c := range append(gauges, m.requests, m.seconds) {
		if err := reg.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *metrics) answered(route, method string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	switch method { // anything may stand in a request line
	case "GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH":
	default:
		method = "other"
	}
	m.requests.WithLabelValues(route, method, statusClass(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

package app

import (
	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/prometheus/client_golang/prometheus"
)

// metrics counts what operators watch. It reads no clock: durations are the
// engine's to measure.
type metrics struct {
	txs      *prometheus.CounterVec
	rejected *prometheus.CounterVec
	height   prometheus.Gauge
}

// Metrics gives the application's collectors, to be registered once.
func (a *App) Metrics() []prometheus.Collector {
	return []prometheus.Collector{a.metrics.txs, a.metrics.rejected, a.metrics.height}
}

func newMetrics() metrics {
	return metrics{
		txs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "filiera", Subsystem: "app", Name: "txs_total",
			Help: "Transactions in committed blocks, by the stable id of the refusal; ok when carried out.",
		}, []string{"result"}),
		rejected: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "filiera", Subsystem: "app", Name: "checktx_refused_total",
			Help: "Transactions that CheckTx kept out of the mempool, by the stable id of the refusal.",
		}, []string{"refusal"}),
		height: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "filiera", Subsystem: "app", Name: "height",
			Help: "Height of the last block carried out.",
		}),
	}
}

func (m metrics) refused(id string) { m.rejected.WithLabelValues(id).Inc() }

func (m metrics) block(req *abci.RequestFinalizeBlock, res *abci.ResponseFinalizeBlock) {
	ok := 0
	for _, r := range res.TxResults {
		if r.Code == 0 {
			ok++
			continue
		}
		m.txs.WithLabelValues(r.Info).Inc()
	}
	//filiera:float counters are for operators and decide nothing
	m.txs.WithLabelValues("ok").Add(float64(ok))
	//filiera:float counters are for operators and decide nothing
	m.height.Set(float64(req.Height))
}

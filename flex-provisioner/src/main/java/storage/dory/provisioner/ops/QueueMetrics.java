// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.ops;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import java.time.Duration;
import storage.dory.provisioner.reconcile.QueueWatch;

/** Of one queue. */
record QueueMetrics(
    CounterDataPoint adds,
    CounterDataPoint retries,
    DistributionDataPoint waits,
    DistributionDataPoint works)
    implements QueueWatch {

  @Override
  public void added() {
    adds.inc();
  }

  @Override
  public void taken(Duration waited) {
    waits.observe(Metrics.seconds(waited));
  }

  @Override
  public void done(Duration worked) {
    works.observe(Metrics.seconds(worked));
  }

  @Override
  public void retried() {
    retries.inc();
  }
}

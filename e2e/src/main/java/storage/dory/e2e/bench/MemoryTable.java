// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.util.List;
import java.util.OptionalLong;

/**
 * The agent's memory over a run as a table.
 *
 * @param samples in time's order; the second is what growth is measured against, for in the first
 *     the agent has done nothing yet
 */
record MemoryTable(List<DriverCycles.Sample> samples) {
  MemoryTable {
    samples = List.copyOf(samples);
  }

  TextTable table() {
    return new TextTable(
        List.of("cycles", "resident", "peak", "growth"),
        0,
        samples.stream()
            .map(sample ->
                List.of(
                    String.valueOf(sample.cycles()),
                    ProcessFigures.words(sample.resident()),
                    ProcessFigures.words(sample.peak()),
                    growth(sample)))
            .toList());
  }

  private String growth(DriverCycles.Sample sample) {
    OptionalLong first = samples.size() > 1 ? samples.get(1).resident() : OptionalLong.empty();
    return first.isPresent() && sample.resident().isPresent() && samples.indexOf(sample) > 0
        ? Figures.ratio((double) sample.resident().getAsLong(), (double) first.getAsLong())
        : "";
  }
}

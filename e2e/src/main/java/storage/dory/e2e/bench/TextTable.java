// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table in plain text: the first columns are words on the left, all others figures on the right.
 *
 * @param words how many columns are words
 */
record TextTable(List<String> header, int words, List<List<String>> rows) {
  TextTable {
    header = List.copyOf(header);
    rows = rows.stream().map(List::copyOf).toList();
    for (List<String> row : rows) {
      if (row.size() != header.size()) {
        throw new IllegalArgumentException(row + " has not the columns of " + header);
      }
    }
  }

  /** The lines, each as wide as it has to be. */
  List<String> lines() {
    List<List<String>> all = new ArrayList<>();
    all.add(header);
    all.addAll(rows);
    List<Integer> widths =
        IntStream.range(0, header.size())
            .mapToObj(
                column -> all.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toList();
    return all.stream().map(row -> line(row, widths)).toList();
  }

  private String line(List<String> row, List<Integer> widths) {
    return IntStream.range(0, row.size())
        .mapToObj(column -> {
          String cell = row.get(column);
          String space = " ".repeat(widths.get(column) - cell.length());
          return column < words ? cell + space : space + cell;
        })
        .collect(Collectors.joining("  "))
        .stripTrailing();
  }
}

// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.show;

import java.util.ArrayList;
import java.util.List;

/** A table in plain text, each column as wide as it has to be. An empty cell shows as a dash. */
public record TextTable(List<String> header, List<List<String>> rows) {
  private static final String SPACE = "   ";

  public TextTable {
    header = List.copyOf(header);
    rows = rows.stream().map(List::copyOf).toList();
  }

  /** The lines, the header first. */
  public List<String> lines() {
    List<List<String>> all = new ArrayList<>();
    all.add(header);
    rows.forEach(row -> all.add(row.stream().map(cell -> cell.isEmpty() ? "-" : cell).toList()));
    int[] widths = new int[header.size()];
    for (List<String> row : all) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    return all.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = row.get(column);
      line.append(cell).append(" ".repeat(widths[column] - cell.length())).append(SPACE);
    }
    return line.toString().stripTrailing();
  }
}

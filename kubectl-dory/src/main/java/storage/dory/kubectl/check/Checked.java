// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import storage.dory.kubectl.check.Finding.Weight;
import storage.dory.kubectl.show.Answer;
import storage.dory.provisioner.catalog.ConfigMapKey;

/** What was found about one ConfigMap. */
public record Checked(ConfigMapKey source, String storageClass, List<Finding> findings) {
  public Checked {
    findings = List.copyOf(findings);
  }

  /** Whether nothing is wrong with it. */
  public boolean accepted() {
    return findings.stream().noneMatch(finding -> finding.weight() == Weight.PROBLEM);
  }

  /** Of several, in the forms that a command prints. */
  public static Answer answer(List<Checked> all) {
    List<String> text = new ArrayList<>();
    List<Map<String, Object>> data = new ArrayList<>();
    for (Checked one : all) {
      text.add(
          "ConfigMap "
              + one.source
              + ", class "
              + (one.storageClass.isEmpty() ? "none" : one.storageClass)
              + ": "
              + (one.accepted() ? "accepted" : "refused"));
      one.findings.forEach(finding ->
          text.add("  " + word(finding) + "  " + finding.key() + ": " + finding.words()));
      data.add(one.data());
    }
    return new Answer(text, data, all.stream().anyMatch(one -> !one.accepted()));
  }

  private Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("namespace", source.namespace());
    data.put("name", source.name());
    data.put("class", storageClass);
    data.put("state", accepted() ? "accepted" : "refused");
    data.put(
        "findings",
        findings.stream()
            .map(finding ->
                Map.of("weight", word(finding), "key", finding.key(), "words", finding.words()))
            .toList());
    return data;
  }

  private static String word(Finding finding) {
    return finding.weight().name().toLowerCase(Locale.ROOT);
  }
}

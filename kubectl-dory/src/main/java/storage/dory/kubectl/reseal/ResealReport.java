// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.reseal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import storage.dory.kubectl.show.Answer;
import storage.dory.kubectl.show.TextTable;
import storage.dory.provisioner.identity.Filer;
import storage.dory.provisioner.podrun.RecordedOrder;
import storage.dory.provisioner.volume.ClaimRef;

/**
 * What {@code kubectl dory reseal} says.
 *
 * @param records those that were asked for
 * @param made volumes that were sealed now
 */
public record ResealReport(List<JudgedRecord> records, Set<String> made) {
  private static final List<String> HEADER =
      List.of(
          "VOLUME",
          "CLAIM",
          "CONFIGMAP",
          "IMAGE",
          "ACCOUNT",
          "FILED BY",
          "CONFIGMAP TODAY",
          "SEAL");

  public ResealReport {
    records = List.copyOf(records);
    made = Set.copyOf(made);
  }

  /** In the forms that a command prints. */
  public Answer answer() {
    boolean open = records.stream().anyMatch(one -> !one.sealed() && !isMade(one));
    List<String> text = new ArrayList<>();
    if (records.isEmpty()) {
      text.add("no volume whose record bears no good seal");
    } else {
      text.addAll(new TextTable(HEADER, records.stream().map(this::cells).toList()).lines());
    }
    if (open && made.isEmpty()) {
      text.add(
          "to seal what the ConfigMaps of today say too: kubectl dory reseal --yes; any other after"
              + " you have judged it: kubectl dory reseal VOLUME... --yes");
    }
    return new Answer(text, records.stream().map(this::data).toList(), open);
  }

  private boolean isMade(JudgedRecord one) {
    return made.contains(one.volume().name());
  }

  private List<String> cells(JudgedRecord one) {
    return List.copyOf(data(one).values());
  }

  private Map<String, String> data(JudgedRecord one) {
    Map<String, String> data = new LinkedHashMap<>();
    data.put("volume", one.volume().name());
    data.put("claim", one.order().map(RecordedOrder::claim).map(ResealReport::name).orElse(""));
    data.put(
        "configMap",
        one.order().map(order -> order.namespace() + "/" + order.configMap()).orElse(""));
    data.put("image", one.order().map(RecordedOrder::image).orElse(""));
    data.put(
        "account",
        one.order().map(order -> order.namespace() + "/" + order.serviceAccount()).orElse(""));
    data.put("filedBy", one.order().flatMap(RecordedOrder::filer).map(Filer::username).orElse(""));
    data.put("configMapToday", words(one.vouching()));
    data.put("seal", seal(one));
    return data;
  }

  private static String name(ClaimRef claim) {
    return claim.namespace() + "/" + claim.name();
  }

  private static String words(Vouching vouching) {
    return switch (vouching) {
      case Vouching.Same same -> "says the same";
      case Vouching.Other(List<String> keys) -> "other: " + String.join(", ", keys);
      case Vouching.Unknown unknown -> "not known";
    };
  }

  private String seal(JudgedRecord one) {
    if (isMade(one)) {
      return "made now";
    }
    if (one.sealed()) {
      return "good";
    }
    if (one.order().isEmpty()) {
      return "of no use: not a record of this volume";
    }
    return one.volume().seal().isPresent() ? "wrong" : "none";
  }
}

// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.listing;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import storage.dory.kubectl.show.Spans;

/**
 * A claim of one of our classes, or a volume whose claim has gone. What there is none of is empty.
 *
 * @param state of the claim or volume, in one word
 * @param reason why it is not Bound, in words
 */
public record ClaimRow(
    String namespace,
    String claim,
    String storageClass,
    String volume,
    String state,
    Duration age,
    String pod,
    String reason) {

  List<String> cells() {
    return List.of(
        namespace, claim, storageClass, volume, state, Spans.age(age), pod, brief(reason));
  }

  Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("namespace", namespace);
    data.put("claim", claim);
    data.put("class", storageClass);
    data.put("volume", volume);
    data.put("state", state);
    data.put("ageSeconds", age.toSeconds());
    data.put("pod", pod);
    data.put("reason", reason);
    return data;
  }

  private static String brief(String text) {
    return text.length() <= 100 ? text : text.substring(0, 97) + "...";
  }
}

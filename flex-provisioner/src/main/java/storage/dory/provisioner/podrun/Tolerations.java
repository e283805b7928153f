// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import java.util.List;
import storage.dory.provisioner.catalog.Placing;

/** Tolerations of a definition as Kubernetes has them. */
final class Tolerations {
  private Tolerations() {}

  static List<Toleration> of(Placing placing) {
    return placing.tolerations().stream()
        .map(rule ->
            new TolerationBuilder()
                .withKey(rule.key())
                .withOperator(rule.operator())
                .withValue(rule.value())
                .withEffect(rule.effect())
                .withTolerationSeconds(rule.tolerationSeconds())
                .build())
        .toList();
  }
}

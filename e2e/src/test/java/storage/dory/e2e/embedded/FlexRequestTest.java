// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.FlexPersistentVolumeSource;
import io.fabric8.kubernetes.api.model.FlexPersistentVolumeSourceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import org.junit.jupiter.api.Test;

class FlexRequestTest {
  private final Pod pod =
      new PodBuilder()
          .withNewMetadata()
          .withName("p")
          .withNamespace("n")
          .withUid("u")
          .endMetadata()
          .withNewSpec()
          .endSpec()
          .build();

  @Test
  void keysAreSortedAndHtmlIsEscapedAsGoDoes() {
    FlexPersistentVolumeSource source =
        new FlexPersistentVolumeSourceBuilder()
            .withDriver("dory.storage/local")
            .addToOptions("name", "a<b>&\"c\u2028")
            .addToOptions("Zone", "1")
            .build();

    assertThat(FlexRequest.of(pod, "pvc-1", source, true).json())
        .isEqualTo(
            "{\"Zone\":\"1\",\"kubernetes.io/fsType\":\"\",\"kubernetes.io/pod.name\":\"p\","
                + "\"kubernetes.io/pod.namespace\":\"n\",\"kubernetes.io/pod.uid\":\"u\","
                + "\"kubernetes.io/pvOrVolumeName\":\"pvc-1\",\"kubernetes.io/readwrite\":\"ro\","
                + "\"kubernetes.io/serviceAccount.name\":\"default\","
                + "\"name\":\"a\\u003cb\\u003e\\u0026\\\"c\\u2028\"}");
  }
}

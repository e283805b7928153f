// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

class SlimSerializationTest {
  private static final String POD =
      """
      {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "uid": "u",
       "managedFields": [{"manager": "m", "fieldsType": "FieldsV1",
         "fieldsV1": {"f:spec": {"f:containers": {}}}}],
       "annotations": {"a": "b"}}, "spec": {"nodeName": "n"}}
      """;

  private final KubernetesSerialization json = SlimSerialization.make();

  @Test
  void managersOfFieldsAreLeftOutAndAllElseIsRead() {
    Pod pod = json.unmarshal(POD, Pod.class);

    assertThat(pod.getMetadata().getManagedFields()).isEmpty();
    assertThat(pod.getMetadata().getAnnotations()).containsEntry("a", "b");
    assertThat(pod.getMetadata().getUid()).isEqualTo("u");
    assertThat(pod.getSpec().getNodeName()).isEqualTo("n");
  }

  @Test
  void objectsOfAWatchAreReadAlike() {
    WatchEvent event =
        json.unmarshal("{\"type\": \"ADDED\", \"object\": " + POD + "}", WatchEvent.class);

    assertThat(event.getObject())
        .isInstanceOfSatisfying(
            Pod.class, pod -> assertThat(pod.getMetadata().getManagedFields()).isEmpty());
  }
}

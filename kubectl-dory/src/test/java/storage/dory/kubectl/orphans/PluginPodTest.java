// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.orphans;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.Test;
import storage.dory.provisioner.catalog.ConfigMapKey;
import storage.dory.provisioner.catalog.DefinitionParser;
import storage.dory.provisioner.catalog.Parsed;
import storage.dory.provisioner.catalog.RawDefinition;

class PluginPodTest {
  private static final String SECRET = "the-class-secret-value";

  @Test
  void podRunsTheClassesImageAsItsAccountOnTheNodeAndHoldsNoValueOfTheClass() {
    Pod pod = sample().list("dory-list-1", "n1");

    assertThat(pod.getMetadata().getNamespace()).isEqualTo("dory-system");
    assertThat(pod.getMetadata().getFinalizers()).isNullOrEmpty();
    assertThat(pod.getMetadata().getLabels()).containsOnlyKeys(PluginPod.LABEL);
    assertThat(pod.getSpec().getServiceAccountName()).isEqualTo("silver");
    assertThat(pod.getSpec().getContainers().getFirst().getImage()).isEqualTo("acme/provision:1");
    assertThat(pod.getSpec().getActiveDeadlineSeconds()).isPositive();
    assertThat(Serialization.asYaml(pod)).contains("n1").doesNotContain(SECRET);
    assertThat(pod.getMetadata().getAnnotations())
        .containsEntry("dory.storage/property-action", "list")
        .containsEntry("dory.storage/property-docker-plugin", "disk")
        .doesNotContainKey("dory.storage/property-pv-name");
  }

  @Test
  void deletionNamesTheVolume() {
    assertThat(sample().delete("x", "n1", "pvc-u-1").getMetadata().getAnnotations())
        .containsEntry("dory.storage/property-action", "delete")
        .containsEntry("dory.storage/property-pv-name", "pvc-u-1");
  }

  private static PluginPod sample() {
    RawDefinition raw =
        new RawDefinition(
            new ConfigMapKey("dory-system", "silver"),
            "silver",
            Map.of(
                "image", "acme/provision:1",
                "service-account-name", "silver",
                "provisioner.docker-plugin", "disk",
                "secret-key", SECRET));
    return switch (new DefinitionParser().parse(raw)) {
      case Parsed.Good(var definition) -> new PluginPod(definition, "/run/docker/plugins");
      case Parsed.Bad(var problems) -> throw new AssertionError(problems);
      case Parsed.NotOurs(var plugin) -> throw new AssertionError(plugin);
    };
  }
}

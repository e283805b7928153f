// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import storage.dory.plugin.Scope;
import storage.dory.plugin.VolumeName;

class RequestReaderTest {
  private static final Map<String, String> GOOD =
      Map.of(
          "action", "provision",
          "pv-name", "pvc-1",
          "pvc-name", "claim",
          "pvc-namespace", "default",
          "pvc-uid", "1-2-3",
          "size", "1048577",
          "access-modes", "ReadWriteOnce,ReadOnlyMany",
          "storage-class", "silver",
          "docker-plugin", "rclone",
          "kube-api", "https://10.0.0.1");

  private final Map<String, String> properties = new TreeMap<>(GOOD);

  @Test
  void provisionCarriesWhatTheClaimAsksFor() {
    Request.Provision request = (Request.Provision) understood();

    assertThat(request.volume()).isEqualTo(new VolumeName("pvc-1"));
    assertThat(request.claim()).isEqualTo(new ClaimReference("default", "claim", "1-2-3"));
    assertThat(request.size()).isEqualTo(1048577);
    assertThat(request.accessModes()).containsExactly("ReadWriteOnce", "ReadOnlyMany");
    assertThat(request.reclaimPolicy()).isEqualTo("Delete");
    assertThat(request.fsType()).isEmpty();
    assertThat(request.scope()).isEmpty();
    assertThat(request.options()).isEmpty();
  }

  @Test
  void everyOtherPropertyIsAnOptionOfThePlugin() {
    properties.put("remote", "disk:${pv-name}");
    properties.put("username", "ann");
    properties.put("selected-node", "n1");
    properties.put("docker-scope", "global");

    Request.Provision request = (Request.Provision) understood();

    assertThat(request.options()).containsExactly(Map.entry("remote", "disk:${pv-name}"));
    assertThat(request.scope()).contains(Scope.GLOBAL);
  }

  @Test
  void allProblemsAreToldAtOnceEachWithItsProperty() {
    properties.remove("pvc-uid");
    properties.put("size", "1Gi");
    properties.put("access-modes", "ReadWriteOncePod");
    properties.put("volume-mode", "Block");
    properties.put("docker-plugin", "../x");
    properties.put("reclaim-policy", "Recycle");
    properties.put("docker-scope", "planet");
    properties.put("docker-size-unit", "0");

    assertThat(problems())
        .satisfiesExactlyInAnyOrder(
            each -> assertThat(each).contains("pvc-uid").contains("missing"),
            each -> assertThat(each).contains("size:").contains("whole number"),
            each -> assertThat(each).contains("access-modes"),
            each -> assertThat(each).contains("volume-mode").contains("Block"),
            each -> assertThat(each).contains("docker-plugin"),
            each -> assertThat(each).contains("reclaim-policy").contains("Retain"),
            each -> assertThat(each).contains("docker-scope"),
            each -> assertThat(each).contains("docker-size-unit").contains("whole number"),
            each -> assertThat(each).contains("docker-size-unit").contains("docker-size-option"));
  }

  @Test
  void sizesThatNoLongHoldsAreRefused() {
    for (String size : List.of("0", "-1", "9223372036854775808", "1.5", "+1", "", "0x10")) {
      properties.put("size", size);
      assertThat(problems()).as(size).singleElement().asString().contains("size");
    }
  }

  @Test
  void namesThatCouldBePathsAreRefused() {
    for (String name : List.of("../pv", "a/b", "PVC-1", "-a", "a-", ".", "x\u0000y")) {
      properties.put("pv-name", name);
      assertThat(problems()).as(name).singleElement().asString().contains("pv-name");
    }
  }

  @Test
  void sizeOptionThatIsGivenAsWellIsAContradiction() {
    properties.put("docker-size-option", "quota");
    properties.put("quota", "5");

    assertThat(problems()).singleElement().asString().contains("quota");
  }

  @Test
  void deleteNeedsOnlyVolumeAndPlugin() {
    properties.keySet().retainAll(List.of("action", "pv-name", "docker-plugin"));
    properties.put("action", "delete");

    assertThat(understood()).isEqualTo(new Request.Delete(new VolumeName("pvc-1"), "rclone"));
  }

  @Test
  void unknownActionIsRefused() {
    properties.put("action", "format");

    assertThat(problems()).singleElement().asString().contains("action").contains("provision");
  }

  @Test
  void valuesAreNotShown() {
    properties.put("secret-key", "hunter2hunter2");

    assertThat(new Properties(properties).toString() + understood()).doesNotContain("hunter2");
  }

  private Request understood() {
    return ((Understanding.Clear) read()).request();
  }

  private List<String> problems() {
    return ((Understanding.Unclear) read()).problems();
  }

  private Understanding read() {
    return new RequestReader().read(new Properties(properties));
  }
}

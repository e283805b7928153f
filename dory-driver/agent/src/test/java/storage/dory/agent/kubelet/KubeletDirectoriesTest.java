// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KubeletDirectoriesTest {

  @ParameterizedTest
  @CsvSource({
    // RKE2 and RKE1
    "kubelet|--volume-plugin-dir=/var/lib/kubelet/volumeplugins|--v=2,"
        + " /var/lib/kubelet/volumeplugins",
    "/usr/local/bin/kubelet|--v=2|--volume-plugin-dir|/etc/kubernetes/volumeplugins,"
        + " /etc/kubernetes/volumeplugins",
    // OpenShift
    "/usr/bin/kubelet|--volume-plugin-dir=/etc/kubernetes/kubelet-plugins/volume/exec,"
        + " /etc/kubernetes/kubelet-plugins/volume/exec",
    "/home/kubernetes/bin/kubelet|--volume-plugin-dir=/home/kubernetes/flexvolume/,"
        + " /home/kubernetes/flexvolume",
    "/hyperkube|kubelet|--volume-plugin-dir=/v, /v",
    "/usr/local/bin/k3s|server|--kubelet-arg=volume-plugin-dir=/v, /v",
    "/usr/local/bin/k3s|agent|--kubelet-arg|volume-plugin-dir=/v, /v",
    "kubelet|--volume-plugin-dir=/a|--volume-plugin-dir=/b, /b",
    "kubelet|--volume-plugin-dir=, /usr/libexec/kubernetes/kubelet-plugins/volume/exec",
    "kubelet|--volume-plugin-dir, /usr/libexec/kubernetes/kubelet-plugins/volume/exec",
    "/usr/local/bin/k3s server, /usr/libexec/kubernetes/kubelet-plugins/volume/exec",
    "kubelet, /usr/libexec/kubernetes/kubelet-plugins/volume/exec"
  })
  void directoryOfTheFlag(String argv, Path drivers) {
    assertThat(directories(argv, "").drivers()).isEqualTo(drivers);
  }

  @Test
  void directoryOfTheConfigurationFileCountsWithoutAFlag() {
    String config =
        """
        apiVersion: kubelet.config.k8s.io/v1beta1
        kind: KubeletConfiguration
        volumePluginDir: "/var/lib/kubelet/volumeplugins"
        evictionHard:
          a: b
        """;
    String argv = "kubelet|--config=/var/lib/kubelet/config.yaml";

    assertThat(directories(argv, config).drivers())
        .isEqualTo(Path.of("/var/lib/kubelet/volumeplugins"));
    assertThat(directories(argv, config).told())
        .isEqualTo("volumePluginDir in /var/lib/kubelet/config.yaml");
    assertThat(directories(argv, "{\"volumePluginDir\":\"/json\"}").drivers())
        .isEqualTo(Path.of("/json"));
    assertThat(directories(argv + "|--volume-plugin-dir=/flag", config).drivers())
        .isEqualTo(Path.of("/flag"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "volumePluginDir:", "volumePluginDir: relative", "a: [", "- x", "\0"})
  void configurationThatNamesNoneLeavesTheDefault(String config) {
    assertThat(directories("kubelet|--config|/c", config).drivers())
        .isEqualTo(KubeletDirectories.DEFAULT_DRIVERS);
  }

  @Test
  void rootDirectoryIsTheFlagsOrTheDefault() {
    assertThat(directories("kubelet|--root-dir=/var/lib/k0s/kubelet", "").root())
        .isEqualTo(Path.of("/var/lib/k0s/kubelet"));
    assertThat(directories("kubelet", "").root()).isEqualTo(Path.of("/var/lib/kubelet"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "kube-proxy",
        "/usr/bin/kubelet-exporter|--x",
        "sh|-c|kubelet",
        "k3s|kubectl",
        "hyperkube|proxy",
        "vi|/etc/kubelet"
      })
  void otherProgramsAreNoKubelet(String argv) {
    assertThat(KubeletArguments.of(List.of(argv.split("\\|")))).isEmpty();
  }

  private static KubeletDirectories directories(String argv, String config) {
    return KubeletDirectories.of(
        KubeletArguments.of(List.of(argv.split("\\|"))).orElseThrow(),
        file -> config.isEmpty() ? Optional.empty() : Optional.of(config));
  }
}

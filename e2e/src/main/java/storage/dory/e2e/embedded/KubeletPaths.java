// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import java.nio.file.Path;

/**
 * Where the kubelet stand-in keeps things; pods' volumes lie as under kubelet's own root.
 *
 * @param root like {@code /var/lib/kubelet}
 * @param logs a file a container
 * @param drivers like {@code /usr/libexec/kubernetes/kubelet-plugins/volume/exec}
 */
record KubeletPaths(Path root, Path logs, Path drivers) {

  Path pod(String uid) {
    return root.resolve("pods").resolve(uid);
  }

  /** Kubelet's directory of one FlexVolume of a pod. */
  Path flexVolume(String uid, String driver, String volume) {
    return pod(uid).resolve("volumes").resolve(driver.replace('/', '~')).resolve(volume);
  }

  /** The executable of a driver {@code vendor/name}. */
  Path driver(String driver) {
    String name = driver.substring(driver.indexOf('/') + 1);
    return drivers.resolve(driver.replace('/', '~')).resolve(name);
  }

  Path log(String namespace, String pod) {
    return logs.resolve(namespace + "_" + pod + ".log");
  }
}

// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Where the provisioning pods of a run with faults work, and the plugin in which they make volumes.
 * Closing ends what it runs by itself.
 */
interface ChaosNode extends AutoCloseable {

  /** For people: what it is. */
  String words();

  /** URL at which pods there reach the API server. */
  String kubeApi();

  /** The provisioner ConfigMap of the run's class. */
  ConfigMap definition();

  /** Makes what the pods need, once there is the class, and waits for it. */
  void prepare() throws InterruptedException;

  /** Whether pods still fail by themselves. */
  void wild(boolean wanted);

  /**
   * Ends a pod, or what runs in it, in some way.
   *
   * @return the way; empty when it was not there any more
   */
  Optional<String> strike(Pod pod, Random random);

  /** What the plugin itself lists. */
  Set<String> volumes();

  /** Volumes that two pods worked on at one time. */
  Set<String> doubled();

  /** Removes what {@link #prepare} made, when no claim is left; names what stays. */
  List<String> tidy() throws InterruptedException;

  @Override
  void close();
}

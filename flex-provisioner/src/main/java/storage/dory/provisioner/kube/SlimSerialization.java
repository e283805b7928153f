// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/**
 * Reads objects without the list of who manages which field: nobody here reads it, and it is nearly
 * half of a pod. An update that does not name it leaves it as it is.
 */
public final class SlimSerialization {
  private SlimSerialization() {}

  /** For a client of its own. */
  public static KubernetesSerialization make() {
    ObjectMapper mapper = new ObjectMapper();
    mapper.addMixIn(ObjectMeta.class, WithoutManagers.class);
    return new KubernetesSerialization(mapper, true);
  }

  @JsonIgnoreProperties(value = "managedFields", allowGetters = true)
  private interface WithoutManagers {}
}

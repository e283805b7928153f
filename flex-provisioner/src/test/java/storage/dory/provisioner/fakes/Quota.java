// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.fakes;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.UnaryOperator;
import storage.dory.provisioner.control.ClusterWriter;
import storage.dory.provisioner.control.Written;

/** An API server that takes no pod, in the words of a quota, until the quota is lifted. */
public final class Quota implements UnaryOperator<ClusterWriter> {
  private volatile boolean lifted;

  /** From now on there is room. */
  public void lift() {
    lifted = true;
  }

  @Override
  public ClusterWriter apply(ClusterWriter real) {
    return (ClusterWriter)
        Proxy.newProxyInstance(
            ClusterWriter.class.getClassLoader(),
            new Class<?>[] {ClusterWriter.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("createPod") && !lifted) {
                return new Written.Rejected<>("exceeded quota: small, requested: pods=1");
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}

// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import storage.dory.plugin.MountId;

/**
 * Ends the process at one moment of what it does for one pod, as SIGKILL does: nothing is flushed,
 * closed or run any more. Every effect on the world has two moments, before it and after it.
 */
final class Moments {
  private static final int KILLED = 137;

  private final int last;
  private final String pod;
  private final AtomicInteger passed = new AtomicInteger();

  /**
   * @param last the moment it does not survive, from 0
   * @param pod uid of the pod
   */
  Moments(int last, String pod) {
    this.last = last;
    this.pod = pod;
  }

  /** The same object, with moments around those of its methods that have an effect. */
  <T> T around(Class<T> type, T real, Set<String> effects) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              boolean effect = effects.contains(method.getName()) && isOfThePod(arguments);
              if (effect) {
                moment("before " + method.getName());
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              } finally {
                if (effect) {
                  moment("after " + method.getName());
                }
              }
            }));
  }

  private boolean isOfThePod(Object... arguments) {
    return Arrays.stream(arguments)
        .anyMatch(each ->
            each.equals(new MountId(pod))
                || (each instanceof Path path && path.toString().contains("/pods/" + pod + "/")));
  }

  private void moment(String name) {
    if (passed.getAndIncrement() == last) {
      System.out.println("killed " + name);
      Runtime.getRuntime().halt(KILLED);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.fakes;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import storage.dory.provisioner.control.ClusterWriter;

/**
 * A provisioner's requests up to the k-th; what happens there is the test's choice. Dying is as
 * good as being killed: nothing gets out any more.
 */
public final class Mortal implements UnaryOperator<ClusterWriter> {
  private final int last;
  private final Moment moment;
  private final AtomicInteger requests = new AtomicInteger();
  private final CountDownLatch reached = new CountDownLatch(1);

  /** What happens at the k-th request. */
  public enum Moment {
    /** The process dies before the request leaves. */
    DIES_BEFORE,
    /** The request is carried out and the process dies before it learns of it. */
    DIES_AFTER,
    /** Only the test is told, after the request was carried out. */
    TELLS
  }

  /**
   * @param last which request, from 1
   */
  public Mortal(int last, Moment moment) {
    this.last = last;
    this.moment = moment;
  }

  /** Requests that were tried. */
  public int requests() {
    return requests.get();
  }

  /** Waits for the k-th request; false when it did not come in that time. */
  public boolean reached(long millis) throws InterruptedException {
    return reached.await(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public ClusterWriter apply(ClusterWriter real) {
    return (ClusterWriter)
        Proxy.newProxyInstance(
            ClusterWriter.class.getClassLoader(),
            new Class<?>[] {ClusterWriter.class},
            (proxy, method, arguments) -> {
              int number = requests.incrementAndGet();
              boolean dies = moment != Moment.TELLS;
              if (dies && (number > last || (number == last && moment == Moment.DIES_BEFORE))) {
                reached.countDown();
                throw new IllegalStateException("dead");
              }
              try {
                Object result = method.invoke(real, arguments);
                if (number == last) {
                  reached.countDown();
                  if (dies) {
                    throw new IllegalStateException("dead");
                  }
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}

# Generalised and linear models beyond the shared cases: Poisson with offset, probit with weights and clusters, gaussian,
# dropped columns, two-way clusters. Data simulated here.
source("common.R"); library(sandwich); library(clubSandwich)
set.seed(20261124)
n <- 240
d <- data.frame(school = rep(1:24, each = 10), area = rep(rep(1:6, each = 4), each = 10))
d$year <- rep(1:5, length.out = n)
d$treat <- as.integer(d$school %% 3 == 0)
d$size <- round(exp(rnorm(n, 4, .4)), 1)
d$fsm <- round(runif(n), 3)
d$phase <- sample(c("primary", "secondary", "special"), n, TRUE, c(.6, .3, .1))
u <- rnorm(24, 0, .3)[d$school]
d$absences <- rpois(n, d$size / 40 * exp(.2 + .3 * d$treat + .5 * d$fsm + u))
d$stay <- rbinom(n, 1, pnorm(.3 + .4 * d$treat - .6 * d$fsm + u))
d$score <- round(50 + 3 * d$treat - 5 * d$fsm + 4 * u + rnorm(n, 0, 6), 3)
d$w <- round(runif(n, .2, 2.5), 3)
d$logsize <- log(d$size / 40)
d$copy <- 2 * d$fsm - 1
write.csv(d, file.path(folder, "regression.csv"), row.names = FALSE, quote = 8)

glm_expect <- function(f, cluster = NULL) {
  s <- summary(f); b <- coef(f); se <- sqrt(diag(vcov(f, complete = TRUE))); z <- b / se
  w <- weights(f, "prior"); y <- f$y; m <- fitted(f)
  expect <- list(estimate = named(b), se = named(se), p = named(2 * pnorm(-abs(z))), lower = named(b - qnorm(.975) * se),
    upper = named(b + qnorm(.975) * se), vcov = byname(vcov(f, complete = TRUE)), deviance = deviance(f), nullDeviance = f$null.deviance,
    dfResidual = f$df.residual, pearsonChi2 = sum(residuals(f, "pearson")^2), fittedFirst10 = unname(m[1:10]))
  k <- !is.na(b)
  expect$robust <- lapply(list(hc0 = "HC0", hc1 = "HC1", hc2 = "HC2", hc3 = "HC3"), function(t) named(sqrt(diag(vcovHC(f, t)))))
  if (!is.null(cluster)) {
    G <- length(unique(cluster)); v0 <- vcovCL(f, cluster, type = "HC0", cadjust = FALSE); n <- nobs(f); kk <- sum(k)
    v2 <- vcovCR(f, cluster, "CR2"); t2 <- coef_test(f, v2, test = "Satterthwaite")
    expect$cluster <- list(clusters = G, cr0 = list(se = named(sqrt(diag(v0)))), cr1 = list(se = named(sqrt(diag(v0) * G / (G - 1)))),
      cr1s = list(se = named(sqrt(diag(v0) * G / (G - 1) * (n - 1) / (n - kk)))),
      cr2 = list(se = named(setNames(t2$SE, rownames(t2))), dfSatterthwaite = named(setNames(t2$df, rownames(t2)))))
  }
  expect
}
ctl <- glm.control(epsilon = 1e-14, maxit = 100)
levels <- list(phase = c("primary", "secondary", "special"))
f <- glm(absences ~ treat * fsm + phase + offset(logsize), poisson, d, control = ctl)
case("glm-poisson-offset", "Poisson counts with an offset and an interaction, clusters", "glm, sandwich, clubSandwich", version("sandwich", "clubSandwich"),
  "regression.csv", "glm(absences ~ treat * fsm + phase + offset(logsize), poisson)",
  list(kind = "glm", family = "poisson", link = "log", levels = levels, formula = "absences ~ treat * fsm + phase + offset(logsize)", cluster = "school"),
  c(glm_expect(f, d$school), list(logLik = as.numeric(logLik(f)), aic = AIC(f), bic = BIC(f))), list(default = 1e-6, cr2 = 1e-5))
f <- suppressWarnings(glm(stay ~ treat + fsm + phase, binomial("probit"), d, weights = w, control = ctl))
case("glm-probit-weighted", "Probit with weights that are no whole numbers", "glm, sandwich", version("sandwich", "clubSandwich"), "regression.csv",
  "glm(stay ~ treat + fsm + phase, binomial(probit), weights = w)",
  list(kind = "glm", family = "binomial", link = "probit", levels = levels, formula = "stay ~ treat + fsm + phase", weights = "w", cluster = "school"),
  glm_expect(f, d$school), list(default = 1e-6, cr2 = 1e-5))
f <- glm(score ~ treat + fsm + copy + phase, gaussian, d) # the stricter stop would also tighten how repeats are seen
case("glm-gaussian-dropped", "Gaussian with a column that repeats another", "glm, sandwich", version("sandwich"), "regression.csv",
  "glm(score ~ treat + fsm + copy + phase, gaussian)",
  list(kind = "glm", family = "gaussian", link = "identity", levels = levels, formula = "score ~ treat + fsm + copy + phase"),
  c(glm_expect(f)[c("estimate", "se", "deviance", "nullDeviance", "dfResidual", "pearsonChi2", "fittedFirst10")],
    list(logLik = as.numeric(logLik(f)), aic = AIC(f), bic = BIC(f))), 1e-6)
f <- lm(score ~ treat + fsm + phase, d, weights = w)
two <- function(type) named(sqrt(diag(vcovCL(f, ~ school + year, type = type, cadjust = TRUE))))
case("lm-two-way", "Weighted least squares, clusters of two crossed levels", "sandwich", version("sandwich"), "regression.csv",
  "vcovCL(lm(score ~ treat + fsm + phase, weights = w), ~ school + year, type = 'HC0')",
  list(kind = "lm", levels = levels, formula = "score ~ treat + fsm + phase", weights = "w", cluster = c("school", "year")),
  list(estimate = named(coef(f)), r2 = summary(f)$r.squared, sigma = sigma(f), cluster = list(cr1 = list(se = two("HC0")))), 1e-8)

# Reference values for matching, weighting and balance, on simulated pupils. Run in this folder:
#   Rscript R/matching.R
suppressMessages({library(MatchIt); library(survey); library(jsonlite)})
set.seed(20)
n <- 240
pupils <- data.frame(
  school = rep(1:24, each = 10),
  prior = round(rnorm(n, 100, 15), 1),
  absence = round(rexp(n, 20), 3),
  fsm = rbinom(n, 1, 0.3),
  phase = sample(c("infant", "junior", "primary"), n, TRUE, c(0.3, 0.2, 0.5)))
lp <- -1 + 0.02 * (pupils$prior - 100) + 4 * pupils$absence + 0.5 * pupils$fsm - 0.6 * (pupils$phase == "junior")
pupils$treat <- rbinom(n, 1, plogis(lp))
pupils$later <- round(pupils$prior + 3 * pupils$treat + 2 * pupils$fsm + rnorm(n, 0, 6), 2)
pupils$place <- round(lp + rnorm(n, 0, 0.1), 6)
write.csv(pupils, "matching-pupils.csv", row.names = FALSE)

f <- treat ~ prior + absence + fsm + phase
levels_ <- list(phase = I(c("infant", "junior", "primary")))
version <- paste0("R ", getRversion(), "; MatchIt ", packageVersion("MatchIt"), "; survey ", packageVersion("survey"))
write_case <- function(id, what, tool, call, spec, expect, tolerance) {
  own <- list(id = id, what = what, tool = tool, version = version, input = "matching-pupils.csv", call = call,
    spec = spec, expect = expect, tolerance = tolerance)
  writeLines(toJSON(own, auto_unbox = TRUE, digits = NA, pretty = TRUE, na = "null", null = "null"), paste0(id, ".json"))
}

columns <- with(pupils, cbind(prior, absence, fsm, infant = phase == "infant", junior = phase == "junior"))
moments <- function(x, w) {
  total <- sum(w); mean <- sum(w * x) / total
  list(mean = mean, var = sum(w * (x - mean)^2) / (total - sum(w^2) / total))
}
rubin <- function(w) {
  k <- w > 0
  lp <- suppressWarnings(glm(pupils$treat[k] ~ columns[k, ], family = binomial("probit"), weights = w[k],
    control = list(epsilon = 1e-14, maxit = 100)))$linear.predictors
  a <- moments(lp[pupils$treat[k] == 1], w[k][pupils$treat[k] == 1])
  b <- moments(lp[pupils$treat[k] == 0], w[k][pupils$treat[k] == 0])
  list(B = 100 * abs(a$mean - b$mean) / sqrt((a$var + b$var) / 2), R = a$var / b$var)
}
score <- glm(f, binomial, pupils, control = list(epsilon = 1e-14, maxit = 100))
odds <- exp(predict(score)); e <- fitted(score); t <- pupils$treat
weights_of <- list(ATT = ifelse(t == 1, 1, odds), ATC = ifelse(t == 1, 1 / odds, 1),
  ATE = ifelse(t == 1, 1 / e, 1 / (1 - e)), overlap = ifelse(t == 1, 1 - e, e))
for (estimand in names(weights_of)) {
  w <- weights_of[[estimand]]
  fit <- svyglm(later ~ treat, svydesign(~1, weights = ~w, data = cbind(pupils, w = w)))
  clustered <- svyglm(later ~ treat, svydesign(~school, weights = ~w, data = cbind(pupils, w = w)))
  spec <- list(kind = "ipw", formula = deparse(f), estimand = estimand, outcome = "later", levels = levels_)
  expect <- list(weightsFirst50 = unname(w[1:50]), ess = sum(w[t == 0])^2 / sum(w[t == 0]^2),
    # Overlap weights balance every mean exactly: what a refitted score then varies by is rounding.
    balance = list(overall = if (estimand == "overlap") list(before = rubin(rep(1, n))) else
      list(before = rubin(rep(1, n)), after = rubin(w))),
    hajek = list(estimate = unname(coef(fit)[2]), se = unname(SE(fit)[2])))
  write_case(paste0("matching-ipw-", tolower(estimand)), paste(estimand, "weights"), "survey", "svyglm(later ~ treat)",
    spec, expect, 1e-6)
  spec$cluster <- "school"
  write_case(paste0("matching-ipw-", tolower(estimand), "-cluster"), paste(estimand, "weights by school"), "survey",
    "svyglm(later ~ treat), clusters", spec,
    list(hajek = list(estimate = unname(coef(clustered)[2]), se = unname(SE(clustered)[2]))), 1e-6)
}

counts_of <- function(w) list(Matched = list(Control = sum(w > 0 & t == 0), Treated = sum(w > 0 & t == 1)))
for (cuts in list(list("default", NULL), list("bins", list(prior = 4, absence = 3)),
    list("quantiles", list(prior = "q3", absence = "q4")), list("exact", list(fsm = 0, prior = c(90, 110), absence = c(0.02, 0.05))),
    list("rules", list(prior = "scott", absence = "fd")))) {
  m <- if (is.null(cuts[[2]])) matchit(f, pupils, method = "cem") else
    suppressWarnings(matchit(f, pupils, method = "cem", cutpoints = cuts[[2]]))
  spec <- list(kind = "matching", formula = deparse(f), treat = "treat", levels = levels_, distance = NULL, method = "cem")
  if (!is.null(cuts[[2]])) spec$cutpoints <- cuts[[2]]
  write_case(paste0("matching-cem-", cuts[[1]]), "Coarsened exact matching", "MatchIt", "matchit(method = \"cem\")", spec,
    list(counts = counts_of(m$weights), weights = unname(m$weights)), 1e-8)
}
for (own in list(list("plain", "none", 5, "ATT"), list("discard", "both", 4, "ATT"), list("many", "none", 25, "ATT"),
    list("ate", "none", 6, "ATE"), list("atc", "none", 5, "ATC"))) {
  m <- suppressWarnings(matchit(f, pupils, method = "subclass", distance = pupils$place, subclass = own[[3]],
    discard = own[[2]], estimand = own[[4]]))
  spec <- list(kind = "matching", formula = deparse(f), treat = "treat", levels = levels_, distance = "place",
    method = "subclass", subclasses = own[[3]], discard = own[[2]], estimand = own[[4]])
  s <- as.integer(as.character(m$subclass))
  write_case(paste0("matching-subclass-", own[[1]]), "Subclassification", "MatchIt", "matchit(method = \"subclass\")", spec,
    list(counts = counts_of(m$weights), weights = unname(m$weights), subclass = s,
      discarded = I(unname(which(m$discarded)))), 1e-8)
}

# Mahalanobis distance with the pooled covariance, pair by pair; doubly robust estimates by hand.
x <- model.matrix(~ prior + absence + fsm + phase, pupils)[, -1]
within <- x; for (a in 0:1) within[t == a, ] <- scale(x[t == a, ], TRUE, FALSE)
s <- crossprod(within) / (n - 2)
first <- which(t == 1)[1:5]; other <- which(t == 0)[1:5]
distances <- outer(first, other, Vectorize(function(i, j) sqrt(mahalanobis(x[i, ], x[j, ], s))))

m1 <- predict(lm(later ~ prior + absence + fsm + phase, pupils, subset = t == 1), pupils)
m0 <- predict(lm(later ~ prior + absence + fsm + phase, pupils, subset = t == 0), pupils)
cluster_se <- function(phi) { sums <- tapply(phi, pupils$school, sum); g <- length(sums); sqrt(g / (g - 1) * sum(sums^2)) / n }
ate_parts <- m1 - m0 + t * (pupils$later - m1) / e - (1 - t) * (pupils$later - m0) / (1 - e)
att_parts <- (t - (1 - t) * odds) * (pupils$later - m0) / mean(t)
ate <- mean(ate_parts); att <- mean(att_parts)
doubly <- list(ate = list(estimate = ate, se = cluster_se(ate_parts - ate)),
  att = list(estimate = att, se = cluster_se(att_parts - t * att / mean(t))))

# Matching with replacement, two nearest on `place`; variance and bias correction from the formulas, written out.
k <- 2; place <- pupils$place; y <- pupils$later
near <- function(i, pool, k) pool[order(abs(place[pool] - place[i]))][1:k]
sets <- lapply(which(t == 1), near, pool = which(t == 0), k = k)
weight <- numeric(n); squares <- numeric(n)
for (own in sets) { weight[own] <- weight[own] + 1 / k; squares[own] <- squares[own] + 1 / k^2 }
sigma <- sapply(1:n, function(i) (y[i] - y[near(i, setdiff(which(t == t[i]), i), 1)])^2 / 2)
variance_of <- function(effects) {
  tau <- mean(effects); n1 <- sum(t)
  c(tau, sqrt(sum((effects - tau)^2) + sum((weight^2 - squares) * sigma)) / n1,
    sqrt(sum(sigma[t == 1]) + sum(weight^2 * sigma)) / n1)
}
plain <- variance_of(mapply(function(i, own) y[i] - mean(y[own]), which(t == 1), sets))
line <- lm(later ~ prior + absence, pupils, weights = weight, subset = weight > 0)
mu <- predict(line, pupils)
corrected <- variance_of(mapply(function(i, own) y[i] - mean(y[own]) - (mu[i] - mean(mu[own])), which(t == 1), sets))
named <- function(v) list(estimate = v[1], se = v[2], seConditional = v[3])
dir.create("formulas", FALSE)
writeLines(toJSON(list(id = "matching-formulas", tool = "R", version = version, input = "matching-pupils.csv",
  what = "Mahalanobis distances, AIPW and Abadie-Imbens from their formulas", expect = list(
    mahalanobis = list(treated = first, control = other, distances = distances),
    aipw = doubly, abadieImbens = list(plain = named(plain), corrected = named(corrected)))),
  auto_unbox = TRUE, digits = NA, pretty = TRUE), "formulas/matching-formulas.json")
